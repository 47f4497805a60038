//! The hook of redis-rs: it looks the SRV record up each time that a connection is made.

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::{runtime::TokioRuntimeProvider, NetError};
use hickory_resolver::proto::rr::RData;
use hickory_resolver::TokioResolver;
use redis::io::AsyncDNSResolver;
use redis::RedisFuture;
use std::io;
use std::net::SocketAddr;

/// Looks up what an SRV record names. The port of the URL does not count.
pub struct SrvResolver(TokioResolver);

impl SrvResolver {
    /// Asks one name server, without a cache. `TokioResolver::builder_tokio()` asks the system's.
    pub fn of(server: SocketAddr) -> Result<Self, NetError> {
        let mut udp = ConnectionConfig::udp();
        udp.port = server.port();
        let config = NameServerConfig::new(server.ip(), true, vec![udp]);
        let config = ResolverConfig::from_name_servers(vec![config]);
        let runtime = TokioRuntimeProvider::default();
        let mut builder = TokioResolver::builder_with_config(config, runtime);
        builder.options_mut().cache_size = 0;
        Ok(Self(builder.build()?))
    }

    async fn find(&self, name: &str) -> io::Result<Vec<SocketAddr>> {
        let lookup = self.0.srv_lookup(name).await.map_err(io::Error::other)?;
        let records = lookup.answers().iter().filter_map(|answer| match &answer.data {
            RData::SRV(record) => Some(record),
            _ => None,
        });
        let first = records.min_by_key(|record| record.priority);
        // Without an address redis-rs would panic.
        let first = first.ok_or_else(|| io::Error::other(format!("no SRV record of {name}")))?;
        let target = first.target.clone();
        let addresses = self.0.lookup_ip(target).await.map_err(io::Error::other)?;
        Ok(addresses.iter().map(|address| SocketAddr::new(address, first.port)).collect())
    }
}

impl AsyncDNSResolver for SrvResolver {
    fn resolve<'a, 'b: 'a>(
        &'a self,
        name: &'b str,
        _port: u16,
    ) -> RedisFuture<'a, Box<dyn Iterator<Item = SocketAddr> + Send + 'a>> {
        Box::pin(async move {
            Ok(Box::new(self.find(name).await?.into_iter()) as Box<_>)
        })
    }
}
