//! `notes redis`: the private Redis by hand, and redis-cli on the Redis in use.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::cli::{Redis, RedisAction};
use crate::connect::TIMEOUT;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::Json;
use crate::private_redis::{self, PrivateRedis, Running};

pub(super) fn run(args: Redis, context: &mut Context) -> anyhow::Result<Exit> {
    match args.action {
        RedisAction::Start => start(context),
        RedisAction::Stop => stop(context),
        RedisAction::Status => status(context),
        RedisAction::Cli { args } => cli(args, context),
    }
}

fn start(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private()?;
    match redis.ensure_running(TIMEOUT)? {
        None => context.say("your private Redis is already running"),
        Some(pid) => {
            let dir = redis.dir().display();
            context.say(&format!("started your private Redis in {dir} (pid {pid})"));
            if let Some(loss) = redis.cut_off() {
                context.say(&loss);
            }
        }
    }
    if let Some(server) = &context.settings.server {
        context.say(&format!(
            "it is not in use: the notes are in the Redis of {}",
            server.origin
        ));
    }
    print_outcome(&redis, context)
}

fn stop(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private()?;
    match redis.stop(TIMEOUT)? {
        Some(pid) => context.say(&format!("stopped your private Redis (pid {pid})")),
        None => context.say("your private Redis is not running"),
    }
    print_outcome(&redis, context)
}

/// Where output is JSON, prints how the server is now.
fn print_outcome(redis: &PrivateRedis, context: &mut Context) -> anyhow::Result<Exit> {
    if context.options.json != Json::Off {
        context.print_json(&json(redis, redis.status()?.as_ref()))?;
    }
    Ok(Exit::Done)
}

fn json(redis: &PrivateRedis, status: Option<&Running>) -> Value {
    let server = status.map(|running| &running.server);
    json!({
        "state": status.map_or("stopped", state),
        "pid": server.map(|server| server.pid),
        "kind": server.map(|server| server.kind),
        "version": server.map(|server| &server.version),
        "socket": redis.socket().display().to_string(),
        "directory": redis.dir().display().to_string(),
    })
}

fn state(running: &Running) -> &'static str {
    if running.is_loading {
        "loading"
    } else {
        "running"
    }
}

fn status(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private()?;
    let status = redis.status()?;
    if context.options.json == Json::Off {
        let text = match &status {
            None => "not running".to_owned(),
            Some(running) => format!(
                "{}, {} {}, pid {}",
                state(running),
                running.server.kind,
                running.server.version.as_deref().unwrap_or_default(),
                running.server.pid.unwrap_or_default()
            ),
        };
        let line = format!("{text}, {}\n", redis.socket().display());
        context.print(|out, stream| out.write_all(stream.multi_line(&line).as_bytes()))?;
    } else {
        context.print_json(&json(&redis, status.as_ref()))?;
    }
    Ok(match status {
        None => Exit::OutOfReach,
        Some(_) => Exit::Done,
    })
}

/// Becomes redis-cli. The password goes by the environment: others can read a command line.
fn cli(args: Vec<OsString>, context: &mut Context) -> anyhow::Result<Exit> {
    let client = private_redis::client(&context.settings.search_path)?;
    if context.settings.server.is_none() {
        // Asking for the store starts the private Redis if need be.
        context.store()?;
    }
    let mut address = context.settings.address()?;
    if address.is_sentinel() {
        address = context.store()?.address().clone();
    }
    let mut command = Command::new(&client);
    command.args(address.redis_cli_options()).args(args);
    match (&address.password, &address.username) {
        (Some(password), _) => command.env("REDISCLI_AUTH", password.expose()),
        // Without the variable redis-cli does not log in at all.
        (None, Some(_)) => command.env("REDISCLI_AUTH", ""),
        // A password of the environment is not for a server that a stranger's file names.
        (None, None) => command.env_remove("REDISCLI_AUTH"),
    };
    let error = command.exec();
    Err(error).with_context(|| format!("cannot run {}", client.display()))
}
