//! The project itself: its structure, its files, its manual and pictures.

mod architecture;
mod container;
mod generated;
mod hygiene;
mod install;
mod layers;
mod pictures;
mod quickstart;
mod readme;
mod skill;
mod sources;
