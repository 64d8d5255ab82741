//! Over TLS, with a certificate that the test makes.

use hangup::hub::Engine;
use hangup_redis::Redis;
use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::{
    node::TestNode,
    server::{Program, Server},
};

#[tokio::test]
async fn a_server_is_reached_over_tls_and_its_certificate_is_checked() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = std::env::temp_dir().join(format!("hangup-redis-tls-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let [certificate, key] = ["cert.pem", "key.pem"].map(|name| folder.join(name));
    std::fs::write(&certificate, cert.pem()).unwrap();
    std::fs::write(&key, signing_key.serialize_pem()).unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let [certificate, key] = [&certificate, &key].map(|path| path.to_str().unwrap());
    let _server = Server::start(
        Program::Redis,
        &[
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
            "--tls-auth-clients",
            "no",
        ],
    );
    let url = format!("rediss://localhost:{port}/");
    let node = TestNode::up(Redis::new(&url).root_certificates(cert.pem())).await;
    node.engine.publish("topic", &"over TLS".into()).await.unwrap();
    let reason = TestNode::start(Redis::new(&url)).await.is_down().await;
    assert!(reason.to_lowercase().contains("certificate"), "{reason}");
    std::fs::remove_dir_all(&folder).unwrap();
}
