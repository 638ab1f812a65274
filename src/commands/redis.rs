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
        RedisAction::Status => print_status(context),
        RedisAction::Cli { args } => run_cli(args, context),
    }
}

fn start(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private_redis()?;
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
    print_json_state(&redis, context)
}

fn stop(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private_redis()?;
    match redis.stop(TIMEOUT)? {
        Some(pid) => context.say(&format!("stopped your private Redis (pid {pid})")),
        None => context.say("your private Redis is not running"),
    }
    print_json_state(&redis, context)
}

/// Prints the state of the server, where output is JSON.
fn print_json_state(redis: &PrivateRedis, context: &mut Context) -> anyhow::Result<Exit> {
    if context.options.json != Json::Off {
        context.print_json(&state_json(redis, redis.status()?.as_ref()))?;
    }
    Ok(Exit::Done)
}

fn state_json(redis: &PrivateRedis, status: Option<&Running>) -> Value {
    let server = status.map(|running| &running.server);
    json!({
        "state": status.map_or("stopped", state_word),
        "pid": server.map(|server| server.pid),
        "kind": server.map(|server| server.kind),
        "version": server.map(|server| &server.version),
        "socket": redis.socket().display().to_string(),
        "directory": redis.dir().display().to_string(),
    })
}

fn state_word(running: &Running) -> &'static str {
    if running.is_loading {
        "loading"
    } else {
        "running"
    }
}

fn print_status(context: &mut Context) -> anyhow::Result<Exit> {
    let redis = context.settings.private_redis()?;
    let status = redis.status()?;
    if context.options.json == Json::Off {
        let text = match &status {
            None => "not running".to_owned(),
            Some(running) => format!(
                "{}, {} {}, pid {}",
                state_word(running),
                running.server.kind,
                running.server.version.as_deref().unwrap_or_default(),
                running.server.pid.unwrap_or_default()
            ),
        };
        let line = format!("{text}, {}\n", redis.socket().display());
        context.print(|out, stream| out.write_all(stream.multi_line(&line).as_bytes()))?;
    } else {
        context.print_json(&state_json(&redis, status.as_ref()))?;
    }
    Ok(match status {
        None => Exit::OutOfReach,
        Some(_) => Exit::Done,
    })
}

/// Replaces this process by redis-cli. The password goes into the environment, because other users can
/// read command lines.
fn run_cli(args: Vec<OsString>, context: &mut Context) -> anyhow::Result<Exit> {
    let client = private_redis::client(&context.settings.search_path)?;
    if context.settings.server.is_none() {
        // Opening the store starts the private Redis if needed.
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
        // A stranger's file may have named the server: it must not get the user's password.
        (None, None) => command.env_remove("REDISCLI_AUTH"),
    };
    let error = command.exec();
    Err(error).with_context(|| format!("cannot run {}", client.display()))
}
