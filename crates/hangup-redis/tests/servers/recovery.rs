//! What no other engine can show: a server that stalls, forgets, rolls back, or wants a password.
