use std::{future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::Service as _};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore};

/// An address that is listened on, before anything is answered.
#[derive(Debug)]
pub struct Listening(TcpListener);

impl Listening {
    /// Begins to listen. Port 0 takes one that is free.
    ///
    /// # Errors
    /// What the system says.
    pub async fn at(address: SocketAddr) -> io::Result<Self> {
        TcpListener::bind(address).await.map(Self)
    }

    /// Where.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// Answers until `stop` is there; then takes no new connection, and returns when those that are open have
/// their answers, or after half a minute.
pub async fn serve(listening: Listening, router: Router, stop: impl Future<Output = ()>) {
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADERS);
    let mut stop = std::pin::pin!(stop);
    loop {
        // More connections than these wait with the system, and cost nothing here.
        let permit = tokio::select! {
            permit = Arc::clone(&connections).acquire_owned() => permit,
            () = &mut stop => break,
        };
        let Ok(permit) = permit else { break };
        let (stream, peer) = tokio::select! {
            accepted = listening.0.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(kind = %error.kind(), "a connection was not accepted");
                    // No file descriptors, perhaps; at once again would be a busy loop.
                    tokio::time::sleep(AFTER_A_FAILURE).await;
                    continue;
                }
            },
            () = &mut stop => break,
        };
        let _ = stream.set_nodelay(true);
        let answers = TowerToHyperService::new(router.clone());
        let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            answers.call(request)
        });
        let answered = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            // Who hangs up, or sends what is no HTTP, is not worth a line.
            let _ = answered.await;
            drop(permit);
        });
    }
    drop(listening);
    tracing::info!("stopping");
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still at work when the service stopped");
    }
}

/// How long a client may take to send a head; and how long a connection lives without a request.
const HEADERS: Duration = Duration::from_secs(30);
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;
const MAX_CONNECTIONS: usize = 1024;
const AFTER_A_FAILURE: Duration = Duration::from_millis(50);
/// How long requests may still work after the end was asked for.
const DRAIN: Duration = Duration::from_secs(30);
