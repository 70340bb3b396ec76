//! Places where a test may end the program as a power cut would. In a released program they are nothing.

/// Ends the process at once when `DSF_CRASH_AT` names this place.
#[cfg(debug_assertions)]
pub fn may_crash(place: &str) {
    if std::env::var("DSF_CRASH_AT").is_ok_and(|at| at == place) {
        std::process::abort();
    }
}

#[cfg(not(debug_assertions))]
pub fn may_crash(_place: &str) {}
