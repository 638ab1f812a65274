//! The commands: what each prints, stores and exits with.

mod add;
mod completion;
mod deep;
mod edit;
mod exit_codes;
mod export;
mod health;
mod help;
mod import;
mod import_foreign;
mod import_vault;
mod journal;
mod layout;
mod list;
mod merging;
mod odd_data;
mod pipes;
mod rm;
mod search;
mod settings;
mod show;
mod tags;
mod undo;
mod watch;
mod when;
mod working_directory;
