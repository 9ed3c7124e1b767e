/// One key press, or what the terminal sent that stands for one.
public enum Key: Hashable, Sendable {
    /// A character as typed; never a control character.
    case character(Character)
    /// Control with a letter, lower case.
    case control(Character)
    /// Alt (Meta) with a character.
    case alt(Character)
    case enter, escape, tab, backTab, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    /// F1…F12.
    case function(Int)
    /// Text that was pasted, without control characters, at most 4,096 characters.
    case paste(String)
}
