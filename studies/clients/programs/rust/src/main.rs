//! redis-rs. Ten times a second it counts one up, and reads it back.

mod srv;

use deadpool_redis::{Manager, Pool};
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, AsyncConnectionConfig, Client, RedisResult};
use srv::SrvResolver;
use std::error::Error;
use std::fmt::Display;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const INTERVAL: Duration = Duration::from_millis(100);
const TIMEOUT: Option<Duration> = Some(Duration::from_secs(5));

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

/// Where to connect, and how: `a`, `hook` or `forward`.
#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    std::thread::spawn(end_with_standard_input);
    let url = format!("redis://{}:{}", env("HOST"), env("PORT"));
    let client = Client::open(url.as_str())?;
    if env("WAY") == "hook" {
        // A ConnectionManager takes no resolver. A pool replaces what does not answer PING.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(TIMEOUT)
            .set_response_timeout(TIMEOUT)
            .set_dns_resolver(SrvResolver::of(env("DNS").parse()?)?);
        let pool = Pool::builder(Manager::new_with_config(url, config)?).build()?;
        run(async |key| operate_on(&pool, key).await).await;
    } else if env("SETTINGS") == "guide" {
        // https://docs.rs/redis/latest/redis/#connection-pooling: it connects again.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(TIMEOUT)
            .set_response_timeout(TIMEOUT);
        let mut connection = ConnectionManager::new_with_config(client, config).await?;
        run(async |key| operation(&mut connection, key).await).await;
    } else {
        let mut connection = client.get_multiplexed_async_connection().await?;
        run(async |key| operation(&mut connection, key).await).await;
    }
    Ok(())
}

async fn run<E: Display>(mut operate: impl AsyncFnMut(&str) -> Result<(i64, i64), E>) {
    for number in 0u64.. {
        let begin = now();
        let next = tokio::time::Instant::now() + INTERVAL;
        let outcome = match operate(&format!("op:{number}")).await {
            Ok((written, read)) if written == read => "ok".to_string(),
            Ok((written, read)) => format!("read {read}, not {written}"),
            Err(error) => error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        };
        println!("{number} {begin} {} {outcome}", now());
        tokio::time::sleep_until(next).await;
    }
}

async fn operate_on(pool: &Pool, key: &str) -> Result<(i64, i64), Box<dyn Error>> {
    Ok(operation(&mut *pool.get().await?, key).await?)
}

/// Counts the key up and reads it.
async fn operation<C>(connection: &mut C, key: &str) -> RedisResult<(i64, i64)>
where
    C: ConnectionLike + Send + Sync,
{
    let written = connection.incr(key, 1).await?;
    Ok((written, connection.get(key).await?))
}

fn end_with_standard_input() {
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    std::process::exit(0);
}
