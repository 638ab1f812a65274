//! The private Redis as its callers see it, with the `redis-server` of this machine.

mod failures;
mod home;
mod loading;
mod processes;
mod start;
mod stop;
