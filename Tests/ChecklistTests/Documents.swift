@testable import Checklist

/// A release plan with everything that a plan may hold, in its own words.
let releasePlan = """
    # Harbour release plan

    **Date:** March 3, 2026  
    **Owner:** the platform team

    ## Summary

    - **Readiness:** 97 % (from the last review)
    - Two things are left

    ## Hardening

    ### Data stores (3 items)

    - [ ] **WAL Archiving:** Ship every segment to the archive
    - [x] **Audit trail**: Log every statement
    - [ ] **Backups:** Keep a week of `base` backups
      on another continent
      - [ ] Restored once in the last month

    ### Edge (2 items)

    1. [ ] HTTPS only
    2. [X] Latency <5ms for 99%

    ```yaml
    # no heading
    - [ ] no item
    add_header: "X-XSS-Protection: 1; mode=block"
    ```

    ## Work

    #### 1. Archive everything

    **Effort:** 4-6 hours  
    **Impact:** HIGH

    - Turn the archive on
      **Effort:** 9 hours

    ### Phase 1: Storage (Mar 4)

    **Effort:** 2 person-hours  
    **Items:**

    1. Archive everything

    **Success criteria:**

    - [ ] Archive works
    - [ ] Archive works

    ## Risks

    | Risk | Probability | Impact | Mitigation |
    | --- | --- | --- | --- |
    | Data loss | LOW | CRITICAL | Backups |
    | Flood | HIGH | LOW | Limits, queues |

    ## Numbers âœ…

    | Metric | Target | Current | Target Date | Status |
    | --- | --- | --- | --- | --- |
    | P95 latency | <100ms | 12.5ms | Mar 5 | 9x better |
    | Hit rate | >80% | >85% | Mar 5 | fine |
    | Findings | 0 critical | TBD | Mar 6 | - |
    | Throughput (RPS) | 50+ | 180 | | \\| odd |

    ## Go-live (Mar 4 - 14:00 UTC)

    - [ ] New colour created
    - [ ] Old colour decommissioned
    - [ ] Result verified
    """

func plan(_ text: String = releasePlan) throws -> Plan {
    try Plan(parsing: text, name: "release.md")
}
