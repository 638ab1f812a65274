//! A cluster: slots that move, nodes that are killed, connections that are cut. That every command
//! works on it is shown by `topology`.

mod topology;
