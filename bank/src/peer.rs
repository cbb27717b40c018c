//! Whom a request comes from.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

/// Whom to count: the peer, or, behind the bank's own proxy, whom that has seen.
pub fn address(headers: &HeaderMap, extensions: &Extensions, behind_proxy: bool) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    if behind_proxy { forwarded(headers).unwrap_or(peer) } else { peer }
}

/// The last address is the one that the nearest proxy wrote; those before it anybody can make up.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok()
}

const FORWARDED_FOR: &str = "x-forwarded-for";

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn of_several_addresses_the_nearest_proxy_wrote_the_last() {
        let read = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
            }
            forwarded(&headers)
        };
        let last = Some(IpAddr::from([192, 0, 2, 7]));
        assert_eq!(read(&["203.0.113.1, 192.0.2.7"]), last);
        assert_eq!(read(&["203.0.113.1", "198.51.100.9,192.0.2.7 "]), last);
        assert_eq!(read(&[]), None);
        assert_eq!(read(&["unknown"]), None);
    }
}
