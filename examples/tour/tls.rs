//! The flags of the tour for TLS, behind the feature `tls`.

use std::path::PathBuf;

use hangup::serve::{Tls, TlsError};

#[derive(clap::Args, Debug)]
pub(crate) struct TlsArguments {
    /// The file with the certificate, in PEM: the tour then uses TLS.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The file with its private key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl TlsArguments {
    /// What the files hold; `None` if none are named.
    pub(crate) fn read(&self) -> Result<Option<Tls>, TlsError> {
        match (&self.tls_cert, &self.tls_key) {
            (Some(certificate), Some(key)) => Tls::from_pem_files(certificate, key).map(Some),
            _ => Ok(None),
        }
    }
}
