//! TLS: the files for a connection, and the reason if it failed.

use std::path::PathBuf;

use redis::{Client, ConnectionInfo, RedisError};

use super::error::{Advice, Error};

/// The certificates and the key for a TLS connection, in PEM form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The CA certificates to trust instead of those of the system.
    pub(crate) ca: Option<PathBuf>,
    /// The certificate of the client, and its chain.
    pub(crate) certificate: Option<PathBuf>,
    /// The key of that certificate.
    pub(crate) key: Option<PathBuf>,
}

impl TlsFiles {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(not(feature = "tls"))]
pub(super) fn client(_: ConnectionInfo, _: &TlsFiles) -> Result<Client, Error> {
    Err(Error::NotRedis {
        message: "this `notes` was built without TLS".to_owned(),
        in_doubt: false,
    })
}

#[cfg(not(feature = "tls"))]
pub(super) fn reason(_: &RedisError, _: &TlsFiles, _: Advice) -> Option<String> {
    None
}

#[cfg(feature = "tls")]
pub(super) use rustls_files::{client, reason};

#[cfg(feature = "tls")]
mod rustls_files {
    use std::error::Error as StdError;
    use std::path::Path;
    use std::sync::Arc;
    use std::{fs, io};

    use redis::{ClientTlsConfig, ErrorKind, TlsCertificates};
    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{AlertDescription as Alert, CertificateError as Bad};

    use super::{Advice, Client, ConnectionInfo, Error, RedisError, TlsFiles};

    /// Returns a client that connects with TLS. It reads regular files only: opening a pipe could
    /// block.
    pub(crate) fn client(info: ConnectionInfo, files: &TlsFiles) -> Result<Client, Error> {
        // An error only says that one is installed already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root_cert = files.ca.as_deref().map(certificates).transpose()?;
        let client_tls = match (&files.certificate, &files.key) {
            (Some(certificate), Some(key)) => Some(ClientTlsConfig {
                client_cert: certificates(certificate)?,
                client_key: private_key(key)?,
            }),
            _ => None,
        };
        let certificates = TlsCertificates {
            client_tls,
            root_cert,
        };
        Client::build_with_tls(info, certificates).map_err(|error| Error::Unreachable {
            message: "the TLS files cannot be used".to_owned(),
            source: io::Error::other(error.to_string()),
        })
    }

    fn certificates(path: &Path) -> Result<Vec<u8>, Error> {
        let pem = read(path)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(pem),
            _ => Err(unusable(path, "it holds no certificate in PEM form")),
        }
    }

    fn private_key(path: &Path) -> Result<Vec<u8>, Error> {
        let pem = read(path)?;
        match PrivateKeyDer::from_pem_slice(&pem) {
            Ok(_) => Ok(pem),
            // An encrypted key is of another kind.
            Err(_) => Err(unusable(
                path,
                "it holds no unencrypted private key in PEM form",
            )),
        }
    }

    fn read(path: &Path) -> Result<Vec<u8>, Error> {
        // Opening a pipe without a writer never returns.
        match fs::metadata(path) {
            Ok(found) if !found.is_file() => Err(unusable(path, "it is not a regular file")),
            Ok(_) => fs::read(path).map_err(|error| failed(path, error)),
            Err(error) => Err(failed(path, error)),
        }
    }

    fn unusable(path: &Path, reason: &str) -> Error {
        failed(path, io::Error::other(reason.to_owned()))
    }

    fn failed(path: &Path, source: io::Error) -> Error {
        let message = format!("cannot use the TLS file {}", path.display());
        Error::Unreachable { message, source }
    }

    /// Returns the fault of a certificate and its remedy, if that is why there is no connection.
    pub(crate) fn reason(error: &RedisError, files: &TlsFiles, advice: Advice) -> Option<String> {
        if let (ErrorKind::InvalidClientConfig, Some(certificate), Some(key)) =
            (error.kind(), &files.certificate, &files.key)
        {
            return Some(format!(
                "the client certificate {} cannot be used with the key {}",
                certificate.display(),
                key.display()
            ));
        }
        let source = StdError::source(error)?
            .downcast_ref::<Arc<dyn StdError + Send + Sync>>()?
            .downcast_ref::<io::Error>()?
            .get_ref()?
            .downcast_ref::<rustls::Error>()?;
        let client = files.certificate.as_ref().map(|path| path.display());
        Some(match (source, client) {
            (rustls::Error::InvalidCertificate(bad), _) => server(bad, files, advice)?,
            (rustls::Error::AlertReceived(Alert::CertificateRequired), _)
            | (rustls::Error::AlertReceived(Alert::HandshakeFailure), None) => {
                format!("it requires a client certificate{}", advice.certificate)
            }
            (
                rustls::Error::AlertReceived(
                    Alert::BadCertificate
                    | Alert::CertificateExpired
                    | Alert::CertificateRevoked
                    | Alert::CertificateUnknown
                    | Alert::DecryptError
                    | Alert::UnknownCA
                    | Alert::UnsupportedCertificate,
                ),
                Some(certificate),
            ) => format!("it does not accept the client certificate {certificate}"),
            _ => return None,
        })
    }

    fn server(bad: &Bad, files: &TlsFiles, advice: Advice) -> Option<String> {
        let trusted = match &files.ca {
            Some(path) => format!("no certificate in {}", path.display()),
            None => "nobody whom this system trusts".to_owned(),
        };
        Some(match bad {
            Bad::UnknownIssuer | Bad::BadSignature => {
                format!("{trusted} vouches for its certificate{}", advice.ca)
            }
            Bad::Expired | Bad::ExpiredContext { .. } => {
                "its certificate has expired; it needs a new one".to_owned()
            }
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "its certificate is not valid yet; check the clock".to_owned()
            }
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "its certificate is for another name; connect by a name that it is made for"
                    .to_owned()
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
#[cfg(feature = "tls")]
mod tests;
