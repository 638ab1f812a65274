//! `notes mcp` as a process: what a client of the Model Context Protocol sees, by the client of the
//! official SDK and by lines of JSON-RPC.

mod changes;
mod finding;
mod process;
mod revisions;
mod schemas;

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::model::{CallToolRequestParams, CallToolResult, Tool};
use rmcp::service::{RoleClient, RunningService};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::support::{Run, Sandbox};

/// How long anything may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(30);

/// A client of a `notes mcp` of its own.
struct Agent {
    runtime: Runtime,
    client: RunningService<RoleClient, ()>,
    child: Child,
}

impl Agent {
    fn start(sandbox: &Sandbox) -> Self {
        Self::with(sandbox, &[])
    }

    fn with(sandbox: &Sandbox, options: &[&str]) -> Self {
        Self::run(sandbox.command([&["mcp"], options].concat()))
    }

    /// The same for a command line that runs it in its own way.
    fn run(command: std::process::Command) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (client, child) = runtime.block_on(async {
            let mut child = Command::from(command)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .unwrap();
            let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
            let client = timeout(PATIENCE, ().serve(pipes)).await.unwrap().unwrap();
            (client, child)
        });
        Self {
            runtime,
            client,
            child,
        }
    }

    fn tools(&self) -> Vec<Tool> {
        let tools = self.client.list_all_tools();
        let tools = self
            .runtime
            .block_on(async { timeout(PATIENCE, tools).await });
        tools.unwrap().unwrap()
    }

    fn call(&self, tool: &str, arguments: &Value) -> CallToolResult {
        let arguments = arguments.as_object().unwrap().clone();
        let request = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let call = self.client.call_tool(request);
        let result = self
            .runtime
            .block_on(async { timeout(PATIENCE, call).await });
        result.unwrap().unwrap()
    }

    /// Calls a tool that succeeds, and returns its result.
    fn value(&self, tool: &str, arguments: &Value) -> Value {
        let result = self.call(tool, arguments);
        assert_ne!(
            result.is_error,
            Some(true),
            "{tool} {arguments}: {result:?}"
        );
        let value = result.structured_content.clone().unwrap();
        // For clients that know no structured content.
        let text: Value = serde_json::from_str(&text(&result)).unwrap();
        assert_eq!(text, value);
        value
    }

    /// Calls a tool that fails, and returns what it says.
    fn error(&self, tool: &str, arguments: &Value) -> String {
        let result = self.call(tool, arguments);
        assert_eq!(
            result.is_error,
            Some(true),
            "{tool} {arguments}: {result:?}"
        );
        assert_eq!(result.structured_content, None);
        text(&result)
    }

    fn etag(&self, note: &str) -> String {
        let note = self.value("read", &json!({ "note": note }));
        note["etag"].as_str().unwrap().to_owned()
    }

    /// Closes its standard input and waits for its end.
    fn end(self) -> ExitStatus {
        let Self {
            runtime,
            client,
            mut child,
        } = self;
        runtime.block_on(async {
            client.cancel().await.unwrap();
            timeout(PATIENCE, child.wait()).await.unwrap().unwrap()
        })
    }
}

/// The one text of a result.
fn text(result: &CallToolResult) -> String {
    let [content] = result.content.as_slice() else {
        panic!("{result:?}");
    };
    content.as_text().unwrap().text.clone()
}

/// Runs `notes mcp` with these messages as its whole standard input, and returns its answers.
fn speak(sandbox: &Sandbox, options: &[&str], messages: &[Value]) -> (Vec<Value>, Run) {
    let lines = messages.iter().map(|message| format!("{message}\n"));
    let notes = sandbox.notes([&["mcp"], options].concat());
    let run = notes.stdin(lines.collect::<String>()).run();
    let answers = run.stdout.split_terminator('\n').map(|line| {
        let answer: Value = serde_json::from_str(line).unwrap();
        assert_eq!(answer["jsonrpc"], "2.0", "{line}");
        answer
    });
    (answers.collect(), run)
}

/// The messages with which a session of a revision begins.
fn beginning(revision: &str) -> [Value; 2] {
    let client = json!({ "name": "test", "version": "1" });
    let params = json!({ "protocolVersion": revision, "capabilities": {}, "clientInfo": client });
    [
        json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
    ]
}

fn call(id: u32, tool: &str, arguments: &Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })
}
