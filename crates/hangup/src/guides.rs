//! Pages on whole subjects: running a service, logging, clients, and coming from FastAPI.

#[doc = include_str!("../docs/running.md")]
pub mod running {}

#[doc = include_str!("../docs/logging.md")]
pub mod logging {}

#[doc = include_str!("../docs/clients.md")]
pub mod clients {}

#[doc = include_str!("../docs/from_fastapi.md")]
pub mod from_fastapi {}
