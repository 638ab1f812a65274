//! TLS: a Redis whose certificate an authority of the test's own has signed.

use std::path::Path;

use rcgen::{CertificateParams, date_time_ymd};

use crate::support::certificates::Authority;
use crate::support::network::listen;
use crate::support::{Notes, Run, Sandbox};

/// A Redis that speaks TLS, and in the home directory the files for it.
struct Tls {
    sandbox: Sandbox,
    authority: Authority,
    url: String,
}

impl Tls {
    /// With a certificate for these names; `{host}` is the address that is connected to.
    fn new(names: &[&str], expired: bool) -> Self {
        let sandbox = Sandbox::with_redis();
        let host = listen(sandbox.redis());
        let names = names.iter().map(|name| name.replace("{host}", &host));
        let mut server = CertificateParams::new(names.collect::<Vec<_>>()).unwrap();
        if expired {
            server.not_after = date_time_ymd(2020, 1, 1);
        }
        let tls = Self {
            url: format!("rediss://{host}:6380"),
            authority: Authority::new(sandbox.home()),
            sandbox,
        };
        let files = tls.authority.issue("server", &server);
        for (setting, value) in files.settings() {
            tls.set(setting, &value);
        }
        tls.set("tls-auth-clients", "no");
        tls.set("tls-port", "6380");
        tls
    }

    fn set(&self, setting: &str, value: &str) {
        assert_eq!(
            self.sandbox.redis_cli(&["CONFIG", "SET", setting, value]),
            "OK"
        );
    }

    fn home(&self) -> &Path {
        self.sandbox.home()
    }

    fn notes(&self, arguments: &[&str]) -> Notes {
        let url = &self.url;
        self.sandbox.notes(arguments).env("REDIS_URL", url)
    }
}

/// Asserts that a run failed because of TLS, for this reason.
fn assert_reason(run: &Run, reason: &str) {
    assert_eq!(run.code, 7, "{run:?}");
    let start = "notes: no TLS connection to 127.";
    assert!(run.stderr.starts_with(start), "{run:?}");
    assert!(run.stderr.contains(reason), "{reason}: {run:?}");
}

#[test]
fn the_authority_is_named_by_an_option_the_environment_or_the_users_own_file() {
    let tls = Tls::new(&["{host}"], false);
    let list = |run: Notes| run.gives(0, "", "");
    list(tls.notes(&["list", "--tls-ca", "ca.pem"]));
    list(tls.notes(&["list", "--cacert", "ca.pem"]));
    list(tls.notes(&["list"]).env("REDIS_TLS_CA", "ca.pem"));
    let text = format!("REDIS_URL={}\nREDIS_TLS_CA=../../ca.pem\n", tls.url);
    tls.sandbox.file(".config/notes/.env", text);
    list(tls.sandbox.notes(["list"]).without("REDIS_URL"));
    let ping = ["redis", "cli", "--tls-ca", "ca.pem", "--", "PING"];
    tls.notes(&ping).gives(0, "PONG\n", "");
}

#[test]
fn a_certificate_that_does_not_prove_the_server_is_told_with_the_reason() {
    let tls = Tls::new(&["{host}"], false);
    let run = tls.notes(&["list"]).run();
    assert_reason(
        &run,
        "nobody whom this system trusts vouches for its certificate; name the certificate of its CA \
         by --tls-ca",
    );
    let _other = Authority::new(&tls.home().join("other"));
    let run = tls.notes(&["list", "--tls-ca", "other/ca.pem"]).run();
    assert_reason(&run, "/other/ca.pem vouches for its certificate");
    let other = Tls::new(&["redis.example"], false);
    let run = other.notes(&["list", "--tls-ca", "ca.pem"]).run();
    assert_reason(&run, "its certificate is for another name");
    let expired = Tls::new(&["{host}"], true);
    let run = expired.notes(&["list", "--tls-ca", "ca.pem"]).run();
    assert_reason(&run, "its certificate has expired");
}

#[test]
fn a_server_that_requires_a_client_certificate_gets_one() {
    let tls = Tls::new(&["{host}"], false);
    tls.set("tls-auth-clients", "yes");
    let ca = ["list", "--tls-ca", "ca.pem"];
    let run = tls.notes(&ca).run();
    assert_reason(
        &run,
        "it requires a client certificate; name one by --tls-cert and --tls-key",
    );
    tls.authority.issue("client", &CertificateParams::default());
    let files = ["--tls-cert", "client.pem", "--tls-key", "client.key"];
    tls.notes(&[&ca[..], &files].concat()).gives(0, "", "");
    let environment = |run: Notes| {
        let run = run.env("REDIS_TLS_CERT", "client.pem");
        run.env("REDIS_TLS_KEY", "client.key")
    };
    let ping = ["redis", "cli", "PING"];
    let ping = tls.notes(&ping).env("REDIS_TLS_CA", "ca.pem");
    environment(ping).gives(0, "PONG\n", "");
}

#[test]
fn a_client_certificate_that_does_not_fit_its_key_is_named() {
    let tls = Tls::new(&["{host}"], false);
    tls.authority.issue("client", &CertificateParams::default());
    let pair = ["--tls-cert", "client.pem", "--tls-key", "server.key"];
    let run = tls.notes(&[&["list", "--tls-ca", "ca.pem"][..], &pair].concat());
    let home = tls.home().display();
    assert_reason(
        &run.run(),
        &format!(
            "the client certificate {home}/client.pem cannot be used with the key {home}/server.key"
        ),
    );
}

#[test]
fn completion_reads_the_files_that_an_unfinished_line_names() {
    let tls = Tls::new(&["{host}"], false);
    tls.set("tls-auth-clients", "yes");
    tls.authority.issue("client", &CertificateParams::default());
    tls.sandbox.foreign("my-note", &[("title", "By hand")]);
    let url = &tls.url;
    for line in [
        format!(
            "notes --tls-ca ca.pem --tls-cert client.pem --tls-key client.key -u {url} show my"
        ),
        format!("notes show -u {url} --cacert=~/ca.pem --cert ~/client.pem --key ~/client.key my"),
    ] {
        let run = tls.sandbox.notes(["__complete", "line", &line, "my"]);
        let run = run.env("NOTES_COMPLETION_TIMEOUT", "60");
        let run = run.without("REDIS_URL");
        run.gives(0, "my-note\tBy hand\n", "");
    }
}

#[test]
fn a_file_that_is_no_certificate_is_named() {
    let tls = Tls::new(&["{host}"], false);
    for (file, reason) in [
        ("missing.pem", "No such file or directory (os error 2)"),
        ("server.key", "it holds no certificate in PEM form"),
        (".", "it is not a regular file"),
    ] {
        let stderr = format!("notes: cannot use the TLS file {}: {reason}\n", {
            let home = tls.home().display();
            if file == "." {
                format!("{home}/.")
            } else {
                format!("{home}/{file}")
            }
        });
        tls.notes(&["list", "--tls-ca", file]).gives(7, "", &stderr);
    }
    let pair = ["--tls-cert", "server.pem", "--tls-key", "server.pem"];
    let run = tls.notes(&[&["list"][..], &pair].concat()).run();
    let reason = "server.pem: it holds no unencrypted private key in PEM form\n";
    assert!(run.stderr.ends_with(reason), "{run:?}");
    tls.notes(&["list", "--tls-cert", "server.pem"]).gives(
        2,
        "",
        "notes: a client certificate needs its key: set both --tls-cert and --tls-key, or \
         REDIS_TLS_CERT and REDIS_TLS_KEY\n",
    );
}
