//! `Tls`: the certificate of a server, which can be reloaded at run time, and its TLS configuration.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustls::{
    InconsistentKeys, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// The only protocol over TLS: a WebSocket opens with a request of HTTP/1.1.
const ALPN: &[u8] = b"http/1.1";

/// The TLS configuration of [`App::serve_tls`](crate::App::serve_tls): a certificate, and how it is used.
///
/// It allows TLS 1.2 and 1.3 with the defaults of [rustls](https://docs.rs/rustls) and its provider `ring`. HTTP/1.1 is
/// the only protocol offered (ALPN). A connection holds up to 64 KiB of encrypted, unsent data in addition to
/// [`Settings::write_buffer`](crate::Settings::write_buffer). Clones share one certificate.
///
/// # Renewal
///
/// [`reload`](Self::reload) reads the files again while the server runs. New connections use the new certificate; open
/// connections are not affected.
///
/// ```no_run
/// use std::{io, time::Duration};
///
/// use hangup::{App, serve::Tls};
///
/// # async fn run(app: App) -> io::Result<()> {
/// let tls = Tls::from_pem_files("/etc/app/chain.pem", "/etc/app/key.pem")?;
/// let renewed = tls.clone();
/// tokio::spawn(async move {
///     let mut every_hour = tokio::time::interval(Duration::from_secs(3600));
///     loop {
///         every_hour.tick().await;
///         if let Err(error) = renewed.reload() {
///             eprintln!("the old certificate stays: {error}");
///         }
///     }
/// });
/// app.serve_tls("0.0.0.0:8443", tls).await
/// # }
/// ```
#[derive(Clone)]
#[doc(alias = "https")]
#[doc(alias = "wss")]
#[doc(alias = "ssl-certfile")]
#[doc(alias = "ssl-keyfile")]
pub struct Tls {
    config: Arc<ServerConfig>,
    files: Option<Arc<Files>>,
}

impl Tls {
    /// Reads a certificate and its private key from PEM files. Both may be in the same file.
    ///
    /// `certificates` holds the server's certificate, then the intermediate ones, as in the `fullchain.pem` of an ACME
    /// client. The key is in PKCS #8, PKCS #1 or SEC 1, and not encrypted. This call blocks while it reads the files.
    ///
    /// # Errors
    ///
    /// If a file cannot be read or has no certificate or key, or if the key does not match the certificate. The error
    /// names the file. Whether a certificate has expired is not checked.
    pub fn from_pem_files(
        certificates: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Result<Self, TlsError> {
        let (certificates, key) = (certificates.into(), key.into());
        let shown = Arc::new(Shown(RwLock::new(read_files(&certificates, &key)?)));
        let files = Files {
            certificates,
            key,
            shown: Arc::clone(&shown),
        };
        Ok(Self {
            config: Arc::new(config(shown)?),
            files: Some(Arc::new(files)),
        })
    }

    /// Takes a certificate and its private key as PEM text, in the form that [`from_pem_files`](Self::from_pem_files)
    /// reads.
    ///
    /// # Errors
    ///
    /// If one of them is not in that form, or if the key does not match the certificate.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        let certificates = ("the PEM of the certificates", certificates);
        let certified = certified_key(certificates, ("the PEM of the private key", key))?;
        Ok(Self {
            config: Arc::new(config(Arc::new(Shown(RwLock::new(certified))))?),
            files: None,
        })
    }

    /// Takes a configuration of rustls, for other providers, for certificates by server name (SNI), or for client
    /// certificates.
    ///
    /// Its list of protocols is replaced: only HTTP/1.1 is offered.
    #[must_use]
    pub fn from_config(config: Arc<ServerConfig>) -> Self {
        let mut config = Arc::unwrap_or_clone(config);
        config.alpn_protocols = vec![ALPN.to_vec()];
        Self {
            config: Arc::new(config),
            files: None,
        }
    }

    /// Reads the files again; this call blocks. New connections use the new certificate; open connections are not
    /// affected.
    ///
    /// # Errors
    ///
    /// Those of [`from_pem_files`](Self::from_pem_files); the old certificate then stays in use. It is also an error if
    /// this value was not made from files.
    pub fn reload(&self) -> Result<(), TlsError> {
        let Some(files) = &self.files else {
            return Err(TlsError::new("this certificate was not read from files".into()));
        };
        let certified = read_files(&files.certificates, &files.key)?;
        *files.shown.0.write().unwrap_or_else(PoisonError::into_inner) = certified;
        Ok(())
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tls");
        if let Some(files) = &self.files {
            shown
                .field("certificates", &files.certificates)
                .field("key", &files.key);
        }
        shown.finish_non_exhaustive()
    }
}

/// The source of the certificate, and the one in use.
struct Files {
    certificates: PathBuf,
    key: PathBuf,
    shown: Arc<Shown>,
}

/// The certificate of the next handshake, with its key.
struct Shown(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let certified = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&certified))
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").finish_non_exhaustive()
    }
}

fn provider() -> CryptoProvider {
    ring::default_provider()
}

fn config(shown: Arc<Shown>) -> Result<ServerConfig, TlsError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::new(format!("TLS cannot be set up: {error}")))?
        .with_no_client_auth()
        .with_cert_resolver(shown);
    config.alpn_protocols = vec![ALPN.to_vec()];
    Ok(config)
}

fn read_files(certificates: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let name = |path: &Path| format!("`{}`", path.display());
    let read = |path: &Path| {
        fs::read(path).map_err(|error| TlsError {
            text: format!("{} cannot be read: {error}", name(path)).into(),
            source: Some(error),
        })
    };
    certified_key(
        (&name(certificates), &read(certificates)?),
        (&name(key), &read(key)?),
    )
}

/// Parses a certificate and a key. Each argument is its name in errors, and its PEM text.
fn certified_key(certificates: (&str, &[u8]), key: (&str, &[u8])) -> Result<Arc<CertifiedKey>, TlsError> {
    let (of_certificates, pem) = certificates;
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| TlsError::no_pem(of_certificates, &error))?;
    if chain.is_empty() {
        let text = format!("{of_certificates} holds no certificate: there is no section `CERTIFICATE` in it");
        return Err(TlsError::new(text));
    }

    let (of_key, pem) = key;
    let der = PrivateKeyDer::from_pem_slice(pem).map_err(|error| match error {
        pem::Error::NoItemsFound if holds(pem, b"BEGIN ENCRYPTED PRIVATE KEY") => TlsError::new(format!(
            "{of_key} holds an encrypted private key: write it without a passphrase, as `openssl pkey` does"
        )),
        pem::Error::NoItemsFound => TlsError::new(format!(
            "{of_key} holds no private key: there is no section `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY` \
             in it"
        )),
        error => TlsError::no_pem(of_key, &error),
    })?;
    let signing = provider().key_provider.load_private_key(der).map_err(|_| {
        TlsError::new(format!(
            "the private key in {of_key} cannot be used: it is none of RSA with 2048 to 4096 bits, ECDSA on P-256 or \
             P-384, and Ed25519"
        ))
    })?;

    let certified = CertifiedKey::new(chain, signing);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Arc::new(certified)),
        Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::new(format!(
            "the private key in {of_key} is not that of the first certificate in {of_certificates}"
        ))),
        Err(error) => Err(TlsError::new(format!(
            "the first certificate in {of_certificates} is malformed: {error}"
        ))),
    }
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Why a certificate or its key cannot be used. It names the file, and contains nothing of a key.
///
/// It converts into [`io::Error`], for `?` in a `main` that serves.
#[derive(Debug)]
pub struct TlsError {
    text: Box<str>,
    source: Option<io::Error>,
}

impl TlsError {
    fn new(text: String) -> Self {
        Self {
            text: text.into(),
            source: None,
        }
    }

    /// The errors of the parser itself contain lines of the file.
    fn no_pem(place: &str, error: &pem::Error) -> Self {
        let what = match error {
            pem::Error::MissingSectionEnd { .. } => "a section has no end",
            pem::Error::IllegalSectionStart { .. } => "the first line of a section is malformed",
            pem::Error::Base64Decode(_) => "a section is not in base64",
            pem::Error::SectionTooLarge => "a section is too large",
            _ => "it cannot be parsed",
        };
        Self::new(format!("{place} is not in PEM: {what}"))
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        let kind = error
            .source
            .as_ref()
            .map_or(io::ErrorKind::InvalidData, io::Error::kind);
        Self::new(kind, error)
    }
}
