import CSystem

/// What this process asks of the machine's memory.
public enum OwnMemory {
    /// Keeps the heap in few pieces. Call it before any thread is started.
    public static func keepTogether() { dw_few_arenas() }

    /// Gives back the pages that only the start needed: programs and libraries are read again from
    /// their files where they are touched again. About a millisecond.
    public static func releaseStartUp() { dw_release_start_up_memory() }
}
