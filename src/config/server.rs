//! Which server the settings name, and the login for it.
//!
//! Two rules keep a `.env` that a stranger left in the working directory from collecting passwords.
//! The user, password and database are taken from the source that names the server, and from no
//! other, and so are the TLS files, save those that flags name; and `REDISCLI_AUTH` and
//! `REDIS_SENTINEL_PASSWORD` of the environment are not sent to a server that such a file names.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use super::source::{Place, Setting, Source};
use super::{Error, Result, absolute};
use crate::redis_client::{Address, TlsFiles};
use crate::secret::Secret;

const DEFAULT_HOST: &str = "localhost";
const DEFAULT_PORT: u16 = 6379;

/// The server that a source names. What its URL says of the login and the database goes before what
/// other variables of the source say.
pub(super) fn named_in(
    source: &Source,
    environment: &Source,
    home: Option<&Path>,
) -> Result<Option<Address>> {
    let Some(mut address) = without_login(source)? else {
        return Ok(None);
    };
    let own = |variable| match source.text(variable)? {
        None if source.is_the_users() => environment.text(variable),
        found => Ok(found),
    };
    let password = match source.text("REDIS_PASSWORD")? {
        None => own("REDISCLI_AUTH")?,
        found => found,
    };
    let sentinel_password = own("REDIS_SENTINEL_PASSWORD")?;
    address.sentinel_password = sentinel_password.map(|it| Secret::from(it.value));
    let db = source.text("REDIS_DB")?;
    let db = db.as_ref().map(database).transpose()?;
    let username = source.text("REDIS_USERNAME")?;
    address.db = address.db.or(db);
    if address.password.is_none() {
        address.password = password.map(|password| Secret::from(password.value));
        let username = username.map(|username| username.value);
        address.username = address.username.or(username);
    }
    address.tls = TlsFiles {
        ca: source.path("REDIS_TLS_CA", home)?,
        certificate: source.path("REDIS_TLS_CERT", home)?,
        key: source.path("REDIS_TLS_KEY", home)?,
    };
    Ok(Some(address))
}

/// Puts the files that flags name in the place of others, and sees that they are of use.
pub(super) fn add_tls_files(
    address: Option<&mut Address>,
    flags: &TlsFiles,
    working_dir: Option<&Path>,
    home: Option<&Path>,
) -> Result<()> {
    let mut none = TlsFiles::default();
    let (is_tls, files) = match address {
        Some(address) => (address.is_tls(), &mut address.tls),
        None => (false, &mut none),
    };
    // A shell leaves the ~ of --tls-ca=~/ca.pem as it is, and that of a line which is not finished.
    let path = |path: &Option<PathBuf>| match path {
        Some(path) => absolute(path, working_dir, home),
        None => Ok(None),
    };
    if flags.ca.is_some() {
        files.ca = path(&flags.ca)?;
    }
    if flags.certificate.is_some() || flags.key.is_some() {
        files.certificate = path(&flags.certificate)?;
        files.key = path(&flags.key)?;
    }
    let text = match files {
        // Whoever names them expects TLS.
        files if !is_tls && !files.is_empty() => {
            "TLS files are set, and no TLS server is named: use a URL that begins with rediss://"
        }
        TlsFiles {
            certificate, key, ..
        } if certificate.is_some() != key.is_some() => {
            "a client certificate needs its key: set both --tls-cert and --tls-key, or REDIS_TLS_CERT \
             and REDIS_TLS_KEY"
        }
        _ => return Ok(()),
    };
    Err(Error(text.to_owned()))
}

/// Refuses a database that comes without a server: the notes would go to another place than the user
/// thinks. In the user's own file, which only `notes` reads, a login is refused too.
///
/// Returns the error as a warning where the `.env` of the working directory sets it. A database 0
/// is the one that the private Redis uses.
pub(super) fn check_without_server(sources: &[Source]) -> Result<Option<Error>> {
    let advice =
        "names no server: set REDIS_URL or REDIS_HOST too, or remove it to use your private Redis";
    for own in sources.iter().filter(|it| it.place == Place::OwnDir) {
        for name in ["REDIS_USERNAME", "REDIS_PASSWORD"] {
            if let Some(login) = own.text(name)? {
                return Err(login.error(advice));
            }
        }
    }
    for source in sources {
        let error = match source.text("REDIS_DB") {
            Ok(None) => continue,
            Ok(Some(db)) if database(&db).is_ok_and(|db| db == 0) => break,
            Ok(Some(db)) => db.error(advice),
            Err(error) => error,
        };
        return if source.is_the_users() {
            Err(error)
        } else {
            Ok(Some(error))
        };
    }
    Ok(None)
}

/// A URL goes before a host and a port of the same source.
fn without_login(source: &Source) -> Result<Option<Address>> {
    if let Some(Setting { value, origin, .. }) = source.text("REDIS_URL")? {
        let address = Address::parse(&value, origin.clone());
        let address = address.map_err(|error| Error(format!("{origin} is {error}")))?;
        return Ok(Some(address));
    }
    let host = source.text("REDIS_HOST")?;
    let port = source.text("REDIS_PORT")?;
    let Some(named) = host.as_ref().or(port.as_ref()) else {
        return Ok(None);
    };
    let (link_host, port) = match &port {
        Some(port) => link(port)?,
        None => (None, DEFAULT_PORT),
    };
    let host = match host.as_ref().map(|host| host.value.as_str()).or(link_host) {
        Some(host) => bare_host(host, named)?,
        None => DEFAULT_HOST.to_owned(),
    };
    Ok(Some(Address::tcp(host, port, named.origin.clone())))
}

/// Reads `6379`, or `tcp://10.0.0.1:6379` as Kubernetes and Docker set it for a service or a link
/// named `redis`.
fn link(setting: &Setting) -> Result<(Option<&str>, u16)> {
    let value = setting.value.trim();
    let (host, port) = match value.strip_prefix("tcp://") {
        None => (None, value),
        Some(link) => match link.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() => (Some(host), port),
            _ => return Err(setting.must_be("a port, or tcp://ADDRESS:PORT")),
        },
    };
    match port.parse() {
        Ok(port) if port > 0 => Ok((host, port)),
        _ => Err(setting.must_be("a port number from 1 to 65535")),
    }
}

/// Takes the brackets off an IPv6 address, and refuses what is more than a host. A link-local
/// address may have a zone (`fe80::1%eth0`).
fn bare_host(text: &str, setting: &Setting) -> Result<String> {
    let text = text.trim();
    let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let host = bracketed.unwrap_or(text);
    let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
    let is_not_in_name = |c: char| ":/@[]%".contains(c) || c.is_whitespace();
    let is_name = !text.is_empty() && !text.contains(is_not_in_name);
    if !is_name && address.parse::<Ipv6Addr>().is_err() {
        let expected =
            "a host name or an address alone; a URL is for REDIS_URL, a port for REDIS_PORT";
        return Err(setting.must_be(expected));
    }
    Ok(host.to_owned())
}

fn database(setting: &Setting) -> Result<u32> {
    let number = setting.value.trim().parse();
    number.map_err(|_| setting.must_be("a whole number from 0 up"))
}
