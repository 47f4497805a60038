//! redis-rs. Ten times a second it counts one up, and reads it back.

use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisResult};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const INTERVAL: Duration = Duration::from_millis(100);

fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()
}

/// Where to connect, and how: `a` or `forward`.
#[tokio::main]
async fn main() -> RedisResult<()> {
    std::thread::spawn(end_with_standard_input);
    let client = Client::open(format!("redis://{}:{}", env("HOST"), env("PORT")))?;
    if env("SETTINGS") == "guide" {
        // https://docs.rs/redis/latest/redis/#connection-pooling: a ConnectionManager connects again.
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(Duration::from_secs(5)))
            .set_response_timeout(Some(Duration::from_secs(5)));
        run(ConnectionManager::new_with_config(client, config).await?).await;
    } else {
        run(client.get_multiplexed_async_connection().await?).await;
    }
    Ok(())
}

async fn run<C: ConnectionLike + Send + Sync>(mut connection: C) {
    for number in 0u64.. {
        let begin = now();
        let next = tokio::time::Instant::now() + INTERVAL;
        let outcome = match operation(&mut connection, &format!("op:{number}")).await {
            Ok((written, read)) if written == read => "ok".to_string(),
            Ok((written, read)) => format!("read {read}, not {written}"),
            Err(error) => error.to_string().split_whitespace().collect::<Vec<_>>().join(" "),
        };
        println!("{number} {begin} {} {outcome}", now());
        tokio::time::sleep_until(next).await;
    }
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
