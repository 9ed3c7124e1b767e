import Alerting

/// What somebody sees who follows the link in a page: on a phone, at night.
enum AcknowledgementPage {
    static func question(_ page: LinkedPage) -> Reply {
        let state = page.isAcknowledged ? "<p>Somebody has it already.</p>" : ""
        return reply(
            200, page.summary,
            "\(state)<form method=\"post\"><button>I have it</button></form>"
                + "<p>Nobody else is paged then. \(escaped(page.holder)), \(escaped(page.key))</p>")
    }

    static func done(_ page: LinkedPage) -> Reply {
        reply(200, page.summary, "<p>Yours, \(escaped(page.holder)). Nobody else is paged.</p>")
    }

    static func refused(_ refusal: ActRefusal) -> Reply {
        reply(409, "Not acknowledged", "<p>\(escaped(refusal.description))</p>")
    }

    /// Of a link that was never given out nothing else is said.
    static let over = reply(
        404, "This is over", "<p>The alert of this link has ended, or there never was one.</p>")

    private static func reply(_ status: Int, _ title: String, _ body: String) -> Reply {
        let page = """
            <!doctype html><html lang="en"><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>dogwatch</title><style>
            body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 10vh auto; max-width: 34rem;
              padding: 0 1rem; background: #14171c; color: #d8dee9 }
            h1 { font-size: 1.4rem } p { color: #8b949e }
            button { font: inherit; padding: .7em 1.6em; border: 0; border-radius: .3em;
              background: #88c0d0; color: #14171c }
            </style><h1>\(escaped(title))</h1>\(body)</html>

            """
        var reply = Reply(status: status, type: "text/html; charset=utf-8", body: Array(page.utf8))
        reply.headers = [
            "Content-Security-Policy":
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
            "Referrer-Policy": "no-referrer",
        ]
        return reply
    }

    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
    }
}
