//! The server that the settings name, and the login for it.
//!
//! Two rules keep a stranger's `.env` in the working directory from collecting passwords. The user,
//! password, database and TLS files come from the source that names the server and from no other;
//! flags may name other TLS files. `REDISCLI_AUTH` and `REDIS_SENTINEL_PASSWORD` of the environment
//! are not sent to a server that such a file names.

use std::net::Ipv6Addr;
use std::path::{Path, PathBuf};

use super::paths::absolute;
use super::setting::{Error, Result, Setting};
use super::source::{Place, Source};
use crate::redis_client::{Address, TlsFiles};
use crate::secret::Secret;

const DEFAULT_HOST: &str = "localhost";
const DEFAULT_PORT: u16 = 6379;

/// Returns the server that a source names, if it names one. Login and database of its URL take
/// precedence over the other variables of the source.
pub(super) fn find_in(
    source: &Source,
    environment: &Source,
    home: Option<&Path>,
) -> Result<Option<Address>> {
    let Some(mut address) = find_address(source)? else {
        return Ok(None);
    };
    let password = match source.get("REDIS_PASSWORD")? {
        None => get_trusted("REDISCLI_AUTH", source, environment)?,
        found => found,
    };
    let sentinel_password = get_trusted("REDIS_SENTINEL_PASSWORD", source, environment)?;
    address.sentinel_password = sentinel_password.map(|it| Secret::from(it.value));
    let db = source.get("REDIS_DB")?;
    let db = db.as_ref().map(parse_database).transpose()?;
    let username = source.get("REDIS_USERNAME")?;
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

/// Returns the setting of the source, or of the environment if the source is trusted.
fn get_trusted(variable: &str, source: &Source, environment: &Source) -> Result<Option<Setting>> {
    match source.get(variable)? {
        None if source.is_trusted() => environment.get(variable),
        found => Ok(found),
    }
}

/// Replaces TLS files by those that flags name. Fails if the files cannot be used.
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
    // A shell does not expand the ~ of --tls-ca=~/ca.pem, or that of an unfinished line.
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
        // Naming them shows that TLS is expected.
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

/// Refuses a database without a server: the user would expect the notes elsewhere. Refuses a login
/// without a server only in the user's own file, which no other program reads.
///
/// For the `.env` of the working directory, returns the error as a warning. Database 0 is allowed: the
/// private Redis uses it.
pub(super) fn check_without_server(sources: &[Source]) -> Result<Option<Error>> {
    let advice =
        "names no server: set REDIS_URL or REDIS_HOST too, or remove it to use your private Redis";
    for own in sources.iter().filter(|it| it.place == Place::OwnDir) {
        for name in ["REDIS_USERNAME", "REDIS_PASSWORD"] {
            if let Some(login) = own.get(name)? {
                return Err(login.error(advice));
            }
        }
    }
    for source in sources {
        let error = match source.get("REDIS_DB") {
            Ok(None) => continue,
            Ok(Some(db)) if parse_database(&db).is_ok_and(|db| db == 0) => break,
            Ok(Some(db)) => db.error(advice),
            Err(error) => error,
        };
        return if source.is_trusted() {
            Err(error)
        } else {
            Ok(Some(error))
        };
    }
    Ok(None)
}

/// Returns the address, without a login of its own variables. A URL takes precedence over a host and a
/// port of the same source.
fn find_address(source: &Source) -> Result<Option<Address>> {
    if let Some(Setting { value, origin, .. }) = source.get("REDIS_URL")? {
        let address = Address::parse(&value, origin.clone());
        let address = address.map_err(|error| Error(format!("{origin} is {error}")))?;
        return Ok(Some(address));
    }
    let host = source.get("REDIS_HOST")?;
    let port = source.get("REDIS_PORT")?;
    let Some(named) = host.as_ref().or(port.as_ref()) else {
        return Ok(None);
    };
    let (link_host, port) = match &port {
        Some(port) => parse_port(port)?,
        None => (None, DEFAULT_PORT),
    };
    let host = match host.as_ref().map(|host| host.value.as_str()).or(link_host) {
        Some(host) => parse_host(host, named)?,
        None => DEFAULT_HOST.to_owned(),
    };
    Ok(Some(Address::tcp(host, port, named.origin.clone())))
}

/// Reads `6379`, or `tcp://10.0.0.1:6379` as Kubernetes and Docker set it for a service or a link
/// named `redis`.
fn parse_port(setting: &Setting) -> Result<(Option<&str>, u16)> {
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

/// Reads a host, and removes the brackets of an IPv6 address. A link-local address may have a zone
/// (`fe80::1%eth0`).
fn parse_host(text: &str, setting: &Setting) -> Result<String> {
    let text = text.trim();
    let bracketed = text.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let host = bracketed.unwrap_or(text);
    let (address, _zone) = host.split_once('%').unwrap_or((host, ""));
    let is_name =
        !text.is_empty() && !text.contains(|c: char| ":/@[]%".contains(c) || c.is_whitespace());
    if !is_name && address.parse::<Ipv6Addr>().is_err() {
        let expected =
            "a host name or an address alone; a URL is for REDIS_URL, a port for REDIS_PORT";
        return Err(setting.must_be(expected));
    }
    Ok(host.to_owned())
}

fn parse_database(setting: &Setting) -> Result<u32> {
    let number = setting.value.trim().parse();
    number.map_err(|_| setting.must_be("a whole number from 0 up"))
}
