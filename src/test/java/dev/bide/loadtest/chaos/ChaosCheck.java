package dev.bide.loadtest.chaos;

import dev.bide.loadtest.Latencies;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** Holds the ledger and what the database has in the end against every timer and run that was asked for. Knows nothing of processes, so that it can be tested. */
final class ChaosCheck {
    /** By how much two nodes' measurements of the database's clock may differ; it is measured over a busy network. */
    static final long CLOCK_ERROR_MILLIS = 50;

    /** A run that is cancelled while its timer is in hand is called for once more; not later than this. */
    static final long IN_HAND_MILLIS = 5_000;

    private final FinalState state;
    private final List<FaultWindow> faults;
    private final Map<String, List<Call>> calls;
    private final List<Violation> violations = new ArrayList<>();
    private final Latencies lateness = new Latencies();
    private final Latencies othersLateness = new Latencies();
    private long accepted;
    private long unknown;
    private long duplicates;
    private long dead;
    private long earliest;

    private ChaosCheck(Collection<Call> ledger, FinalState state, List<FaultWindow> faults) {
        this.state = state;
        this.faults = faults;
        this.calls = ledger.stream().collect(Collectors.groupingBy(Call::subject));
        calls.values().forEach(list -> list.sort(Comparator.comparingLong(Call::at)));
    }

    static ChaosVerdict check(
            Collection<Subject> subjects, Collection<Call> ledger, FinalState state, List<FaultWindow> faults) {
        ChaosCheck check = new ChaosCheck(ledger, state, faults);
        subjects.forEach(check::check);
        state.slowLateness().forEach(check.lateness::record);
        return new ChaosVerdict(
                check.accepted,
                check.unknown,
                ledger.size(),
                check.duplicates,
                check.dead,
                check.earliest,
                check.lateness,
                check.othersLateness,
                check.violations);
    }

    private void check(Subject subject) {
        List<Call> own = calls.getOrDefault(subject.name(), List.of());
        if (subject.accepted()) {
            accepted++;
        } else if (subject.unknown()) {
            unknown++;
        }
        checkEnd(subject, own);
        checkCancel(subject, own);
        if (subject.kind().run()) {
            checkOrder(subject, own);
        }
        Map<UUID, List<Call>> byTimer = own.stream().collect(Collectors.groupingBy(Call::timer));
        byTimer.values().forEach(ofTimer -> {
            checkRepeats(subject, ofTimer);
            checkDue(subject, ofTimer);
            recordLateness(ofTimer.get(0));
        });
        if (!subject.kind().run() && byTimer.size() > 1) {
            found(Violation.Kind.LOST, subject, "is " + byTimer.size() + " timers");
        }
    }

    private void checkEnd(Subject subject, List<Call> own) {
        String end = state.of(subject.name());
        boolean called = !own.isEmpty();
        switch (end) {
            case "" -> {
                if (subject.accepted() || called) {
                    found(Violation.Kind.LOST, subject, "is neither waiting nor in the history");
                }
            }
            case "scheduled", "retrying", "paused", "active" -> found(Violation.Kind.STUCK, subject, "is still " + end);
            case "dead", "failed" -> {
                if (subject.kind() != Subject.Kind.SLOW) {
                    dead++;
                }
            }
            case "cancelled" -> {
                if (subject.changes().stream()
                        .noneMatch(change ->
                                change.kind() == Change.Kind.CANCEL && (change.done() || change.doubtful()))) {
                    found(Violation.Kind.LOST, subject, "is cancelled, and nobody asked for it");
                }
            }
            case "delivered", "completed" -> {
                if (subject.kind() != Subject.Kind.SLOW && own.stream().noneMatch(Call::taken)) {
                    found(Violation.Kind.LOST, subject, "is " + end + ", and no call was taken");
                }
            }
            default -> found(Violation.Kind.LOST, subject, "is " + end);
        }
    }

    /** A call that begins after a cancel was answered 200. */
    private void checkCancel(Subject subject, List<Call> own) {
        subject.changes().stream()
                .filter(change -> change.kind() == Change.Kind.CANCEL && change.done())
                .mapToLong(Change::answeredAt)
                .min()
                .ifPresent(cancelledAt -> own.stream()
                        .filter(call ->
                                call.at() > cancelledAt + (subject.kind().run() ? IN_HAND_MILLIS : 0))
                        .findFirst()
                        .ifPresent(call -> found(
                                Violation.Kind.AFTER_CANCEL,
                                subject,
                                "was called " + (call.at() - cancelledAt) + " ms after the 200 to its cancel: "
                                        + call)));
    }

    private void checkOrder(Subject subject, List<Call> own) {
        Map<Integer, Call> firsts = new HashMap<>();
        Map<Integer, Long> takenAt = new HashMap<>();
        for (Call call : own) {
            firsts.putIfAbsent(call.step(), call);
            if (call.taken()) {
                takenAt.putIfAbsent(call.step(), call.at());
            }
        }
        firsts.forEach((step, first) -> {
            if (step > 1 && takenAt.getOrDefault(step - 1, Long.MAX_VALUE) > first.at()) {
                found(
                        Violation.Kind.OUT_OF_ORDER,
                        subject,
                        "step " + step + " came before step " + (step - 1) + " was done");
            } else if (step > 1
                    && first.at() + CLOCK_ERROR_MILLIS < takenAt.getOrDefault(step - 1, 0L) + subject.askedMillis()) {
                found(Violation.Kind.EARLY, subject, "step " + step + " did not wait after step " + (step - 1));
            }
        });
        if (state.of(subject.name()).equals("completed") && takenAt.size() < ChaosLoad.STEPS) {
            found(Violation.Kind.OUT_OF_ORDER, subject, "is completed with steps " + takenAt.keySet() + " alone");
        }
    }

    /** @param ofTimer the calls for one timer, in order of arrival */
    private void checkRepeats(Subject subject, List<Call> ofTimer) {
        for (int index = 1; index < ofTimer.size(); index++) {
            Call call = ofTimer.get(index);
            List<Call> repeated = ofTimer.subList(0, index).stream()
                    .filter(before -> before.attempt() >= call.attempt() || before.taken())
                    .toList();
            if (repeated.isEmpty()) {
                continue;
            }
            duplicates++;
            if (repeated.stream().noneMatch(first -> isExplained(first, call))) {
                found(
                        Violation.Kind.UNEXPLAINED,
                        subject,
                        "was called again, " + (call.at() - repeated.get(0).at()) + " ms later: " + repeated.get(0)
                                + " and " + call);
            }
        }
    }

    private boolean isExplained(Call first, Call repeated) {
        long unsettledUntil = FaultWindow.unsettledUntil(first, faults);
        return faults.stream().anyMatch(fault -> fault.explains(first, repeated, unsettledUntil));
    }

    private void checkDue(Subject subject, List<Call> ofTimer) {
        for (Call call : ofTimer) {
            long due = Math.max(
                    call.dueAt(),
                    subject.kind().run() ? firstStepDue(subject, call) : DueTimes.earliest(subject, call.at()));
            long early = due - call.at();
            earliest = due == DueTimes.NEVER ? earliest : Math.max(earliest, early);
            if (early > CLOCK_ERROR_MILLIS) {
                found(
                        Violation.Kind.EARLY,
                        subject,
                        due == DueTimes.NEVER
                                ? "was called while it was paused: " + call
                                : "was called " + early + " ms early: " + call);
                return;
            }
        }
    }

    private static long firstStepDue(Subject subject, Call call) {
        return call.step() == 1 ? subject.sentAt() + subject.askedMillis() : 0;
    }

    private void recordLateness(Call first) {
        if (first.attempt() == 1) {
            lateness.record(first.at() - first.dueAt());
            othersLateness.record(first.at() - first.dueAt());
        }
    }

    private void found(Violation.Kind kind, Subject subject, String what) {
        violations.add(new Violation(kind, subject, what));
    }
}
