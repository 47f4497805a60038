# https://valkey.io/valkey-glide/
import asyncio

from glide import BackoffStrategy, GlideClient, GlideClientConfiguration, NodeAddress

from loop import HOST, IS_GUIDE, PORT, run_async


async def main():
    guide = {
        "request_timeout": 1_000,
        "reconnect_strategy": BackoffStrategy(num_of_retries=5, factor=100, exponent_base=2),
    }
    options = guide if IS_GUIDE else {}
    client = await GlideClient.create(
        GlideClientConfiguration([NodeAddress(HOST, PORT)], **options)
    )

    async def operation(key):
        return await client.incr(key), await client.get(key)

    await run_async(operation)


asyncio.run(main())
