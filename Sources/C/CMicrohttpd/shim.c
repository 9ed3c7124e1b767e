// Shim for what Swift cannot call.
