//! Certificates that an authority of the test's own has signed.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// An authority that keeps its own certificate as `ca.pem`, and those that it signs, in a directory.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    directory: PathBuf,
}

/// The files of one who has a certificate.
pub(crate) struct Files {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Authority {
    pub(crate) fn new(directory: &Path) -> Self {
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        fs::create_dir_all(directory).unwrap();
        fs::write(directory.join("ca.pem"), issuer.pem()).unwrap();
        let directory = directory.to_owned();
        Self { issuer, directory }
    }

    /// Writes a certificate, and its key.
    pub(crate) fn issue(&self, name: &str, params: &CertificateParams) -> Files {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |extension| self.directory.join(format!("{name}.{extension}"));
        let files = Files {
            ca: self.directory.join("ca.pem"),
            certificate: path("pem"),
            key: path("key"),
        };
        fs::write(&files.certificate, certificate.pem()).unwrap();
        fs::write(&files.key, key.serialize_pem()).unwrap();
        files
    }
}

impl Files {
    /// What makes a Redis server, or a sentinel, show the certificate and look for those of the authority.
    pub(crate) fn settings(&self) -> [(&'static str, String); 3] {
        [
            ("tls-ca-cert-file", &self.ca),
            ("tls-cert-file", &self.certificate),
            ("tls-key-file", &self.key),
        ]
        .map(|(setting, path)| (setting, path.display().to_string()))
    }
}
