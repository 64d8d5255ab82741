//! Certificates from files: what is wrong with them is said, and a new one is shown without a restart.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use hangup::{
    App,
    serve::{Tls, TlsError},
};
use rcgen::{CertifiedKey, KeyPair};

use crate::{
    tls::{TlsServer, certificate, echo},
    wire::{self, Frame, TEXT, frame},
};

/// A folder that is there as long as its test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("hangup-tls-{}-{count}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn hold(&self, certified: &CertifiedKey<KeyPair>) -> (PathBuf, PathBuf) {
        (
            self.write("chain.pem", certified.cert.pem()),
            self.write("key.pem", certified.signing_key.serialize_pem()),
        )
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn error(certificates: &Path, key: &Path) -> TlsError {
    Tls::from_pem_files(certificates, key).expect_err("these files are no good")
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name_and_without_its_key() {
    let folder = Folder::new();
    let certified = certificate();
    let (chain, key) = folder.hold(&certified);
    let key_pem = certified.signing_key.serialize_pem();
    let lines: Vec<&str> = key_pem.lines().filter(|line| !line.contains("-----")).collect();
    let base64 = lines.concat();
    let begin = "-----BEGIN PRIVATE KEY-----\n";
    let end = "-----END PRIVATE KEY-----\n";

    let other = folder.write("other.pem", KeyPair::generate().unwrap().serialize_pem());
    let empty = folder.write("empty.pem", "");
    let absent = folder.path("absent.pem");
    let no_end = folder.write("no_end.pem", format!("{begin}{base64}\n"));
    let no_base64 = folder.write("no_base64.pem", format!("{begin}{base64}*\n{end}"));
    let no_begin = folder.write("no_begin.pem", format!("-----BEGIN {base64}\n{end}"));
    let cut = folder.write("cut.pem", format!("{begin}{}\n{end}", &base64[..64]));
    let encrypted =
        format!("-----BEGIN ENCRYPTED PRIVATE KEY-----\n{base64}\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let encrypted = folder.write("encrypted.pem", encrypted);
    let no_certificate = certified.cert.pem().replace('M', "N");
    let no_certificate = folder.write("no_certificate.pem", no_certificate);

    for (certificates, key, named, says) in [
        (&absent, &key, &absent, "cannot be read: "),
        (&chain, &absent, &absent, "cannot be read: "),
        (&empty, &key, &empty, "holds no certificate"),
        (&key, &key, &key, "holds no certificate"),
        (&chain, &chain, &chain, "holds no private key"),
        (&chain, &encrypted, &encrypted, "holds an encrypted private key"),
        (&chain, &no_end, &no_end, "is not in PEM: a section has no end"),
        (
            &chain,
            &no_base64,
            &no_base64,
            "is not in PEM: a section is not in base64",
        ),
        (
            &chain,
            &no_begin,
            &no_begin,
            "is not in PEM: the first line of a section is malformed",
        ),
        (&chain, &cut, &cut, "cannot be used"),
        (&chain, &other, &other, "is not that of the first certificate in"),
        (&no_certificate, &key, &no_certificate, "is malformed: "),
    ] {
        let error = error(certificates, key);
        let shown = error.to_string();
        assert!(shown.contains(&format!("`{}`", named.display())), "{shown}");
        assert!(shown.contains(says), "{shown}");
        for shown in [shown, format!("{error:?}")] {
            let leaks = |at: usize| shown.contains(&base64[at..at + 12]);
            assert!(!(0..base64.len() - 12).any(leaks), "{shown}");
        }
    }

    let as_io: io::Error = error(&absent, &key).into();
    assert_eq!(as_io.kind(), io::ErrorKind::NotFound);
    let as_io: io::Error = error(&empty, &key).into();
    assert_eq!(as_io.kind(), io::ErrorKind::InvalidData);
}

#[test]
fn a_chain_and_a_key_may_share_a_file_and_are_not_shown() {
    let folder = Folder::new();
    let certified = certificate();
    let key = certified.signing_key.serialize_pem();
    let both = folder.write("both.pem", format!("{key}{}", certified.cert.pem()));
    let tls = Tls::from_pem_files(&both, &both).unwrap();
    assert_eq!(
        format!("{tls:?}"),
        format!("Tls {{ certificates: {both:?}, key: {both:?}, .. }}")
    );
    let tls = Tls::from_pem(certified.cert.pem().as_bytes(), key.as_bytes()).unwrap();
    assert_eq!(format!("{tls:?}"), "Tls { .. }");
    assert!(tls.reload().is_err());
}

#[tokio::test]
async fn a_certificate_is_replaced_while_a_connection_goes_on() {
    let folder = Folder::new();
    let (old, new) = (certificate(), certificate());
    let (chain, key) = folder.hold(&old);
    let tls = Tls::from_pem_files(&chain, &key).unwrap();
    let mut server = TlsServer::showing(App::new().route("/ws", echo), tls.clone(), old.cert.der()).await;
    let mut peer = server.open().await;

    // A chain whose key is not there yet: the old certificate stays.
    folder.write("chain.pem", new.cert.pem());
    let error = tls.reload().unwrap_err();
    assert!(error.to_string().contains("chain.pem"), "{error}");
    server.open().await;

    folder.hold(&new);
    tls.reload().unwrap();
    assert!(server.connect().await.is_err(), "the old certificate is shown");
    server.trusted = new.cert.der().clone();
    server.open().await;

    peer.send(frame(TEXT, b"still here")).await;
    assert_eq!(peer.frame().await, Frame::text("still here"));
    peer.send(wire::close(1000, "")).await;
    assert_eq!(peer.frames().await, [Frame::close(1000, "")]);
}
