//! A thread that listens on loopback, and one for each connection.

use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Inner;
use super::http::Called;

/// A client that holds a connection open longer is gone.
const SILENCE: Duration = Duration::from_secs(120);

pub struct Server {
    pub address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Server {
    pub fn start(address: &str, inner: Arc<Inner>) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        assert!(address.ip().is_loopback(), "the sandbox is for this computer alone");
        let stopped = Arc::new(AtomicBool::new(false));
        let seen = stopped.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if seen.load(Ordering::SeqCst) {
                    break;
                }
                let (inner, seen) = (inner.clone(), seen.clone());
                if let Ok(stream) = stream {
                    std::thread::spawn(move || serve(stream, &inner, &seen));
                }
            }
        });
        Self { address, stopped }
    }

    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is over.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: TcpStream, inner: &Inner, stopped: &AtomicBool) {
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut writer = stream;
    while let Some(called) = Called::read(&mut reader) {
        if stopped.load(Ordering::SeqCst) {
            break;
        }
        let reply = match inner.note(&called) {
            Some(fault) => fault.meet(|| inner.too_many(&called), || inner.answer(&called)),
            None => Some(inner.answer(&called)),
        };
        if !reply.is_some_and(|reply| reply.write(&mut writer)) {
            break;
        }
    }
    let _ = writer.shutdown(Shutdown::Both);
}
