package dev.bide;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The table of rooms in CONTRIBUTING.md, as a test. */
@AnalyzeClasses(packages = "dev.bide", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String ALL = "dev.bide";
    private static final String ROOT = "";
    private static final int MOST_FILES = 26;
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path STATEMENTS = Path.of("src/main/resources/dev/bide");

    /** Each room below {@code dev.bide}, and what it may import of ours: whole rooms, or of a room single classes. */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(
            may(
                    ROOT,
                    "startup",
                    "console",
                    "delivery",
                    "engine",
                    "http",
                    "persistence",
                    "database",
                    "ops",
                    "thirdparty",
                    "trace",
                    "workflow.store",
                    "jobstore.DatabaseClock"),
            may("startup"),
            may("trace"),
            may("embedded"),
            may("thirdparty"),
            may("console"),
            may("database", "embedded.EmbeddedDatabase", "jobstore.DatabaseClock", "jobstore.DatabaseFault"),
            may(
                    "ops",
                    "engine",
                    "jobstore",
                    "delivery",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "database.DatabaseProbe",
                    "trace"),
            may("json"),
            may("delay", "json"),
            may("workflow", "json", "delay"),
            may("workflow.store", "json", "workflow", "workflow.figures", "workflow.notice", "delay"),
            may("workflow.figures", "json"),
            may("workflow.notice", "json"),
            may(
                    "engine.notices",
                    "engine.quartz",
                    "delay",
                    "workflow",
                    "workflow.figures",
                    "workflow.notice",
                    "workflow.store"),
            may(
                    "persistence",
                    "json",
                    "workflow",
                    "workflow.figures",
                    "workflow.notice",
                    "workflow.store",
                    "jobstore.TriggerStates"),
            may(
                    "delivery",
                    "delivery.address",
                    "delivery.answer",
                    "delivery.connection",
                    "delivery.destination",
                    "delivery.lease",
                    "delivery.template",
                    "trace"),
            may("delivery.address"),
            may("delivery.answer"),
            may("delivery.connection", "delivery.address"),
            may("delivery.lease", "delivery.address.DestinationName"),
            may(
                    "delivery.destination",
                    "delivery.address.DestinationName",
                    "delivery.address.Target",
                    "delivery.lease",
                    "delivery.DeliveryOutcome",
                    "delivery.DeliveryFigures"),
            may("delivery.template", "delivery.RunValues"),
            may(
                    "engine",
                    "engine.accept",
                    "engine.change",
                    "engine.deliver",
                    "engine.figures",
                    "engine.list",
                    "engine.notices",
                    "engine.trial",
                    "engine.quartz",
                    "engine.upkeep",
                    "json",
                    "delay",
                    "workflow",
                    "workflow.figures",
                    "workflow.notice",
                    "workflow.store",
                    "delivery",
                    "delivery.address.DestinationName",
                    "delivery.destination.HeldLanes",
                    "jobstore",
                    "trace"),
            may("engine.trial", "engine.deliver.Actions", "json", "delay", "workflow", "workflow.store", "delivery"),
            may("engine.list", "engine.quartz", "json", "workflow", "workflow.store"),
            may("engine.quartz", "delay", "workflow", "workflow.store", "delivery.destination.HeldLanes", "jobstore"),
            may(
                    "engine.accept",
                    "engine.quartz",
                    "engine.Acceptance",
                    "engine.Accepted",
                    "engine.Asked",
                    "engine.DeliveryObserver",
                    "engine.RunView",
                    "json",
                    "delay",
                    "workflow",
                    "workflow.store",
                    "jobstore.DatabaseFault",
                    "trace"),
            may(
                    "engine.change",
                    "engine.quartz",
                    "delay",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "jobstore.DatabaseFault"),
            may(
                    "engine.deliver",
                    "engine.quartz",
                    "engine.DeliveryObserver",
                    "json",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "delivery",
                    "delivery.destination.HeldLanes",
                    "jobstore.Execution",
                    "jobstore.ExecutionListener",
                    "trace"),
            may(
                    "engine.upkeep",
                    "engine.quartz",
                    "engine.deliver.UnreadTimers",
                    "engine.figures.FigureUpkeep",
                    "engine.DeliveryObserver",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "jobstore.PostgresJobStore"),
            may(
                    "engine.figures",
                    "engine.quartz",
                    "engine.DeliveryObserver",
                    "engine.DestinationView",
                    "json",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "delivery",
                    "delivery.address.DestinationName",
                    "delivery.destination.DestinationFigures",
                    "delivery.destination.DestinationLimits",
                    "delivery.destination.Directive",
                    "delivery.destination.HeldLanes",
                    "delivery.destination.LatencyBuckets",
                    "jobstore.Backlog",
                    "jobstore.TriggerFigures"),
            may(
                    "jobstore",
                    "jobstore.internal.sql",
                    "jobstore.internal.write",
                    "jobstore.internal.complete",
                    "jobstore.internal.recover",
                    "jobstore.internal.fire",
                    "jobstore.internal.cluster"),
            may("jobstore.internal.sql"),
            may("jobstore.internal.write", "jobstore.internal.sql", "jobstore.DatabaseFault"),
            may(
                    "jobstore.internal.complete",
                    "jobstore.internal.sql",
                    "jobstore.DatabaseFault",
                    "jobstore.Execution",
                    "jobstore.ExecutionListener"),
            may(
                    "jobstore.internal.recover",
                    "jobstore.internal.sql",
                    "jobstore.internal.write",
                    "jobstore.DatabaseFault"),
            may(
                    "jobstore.internal.fire",
                    "jobstore.internal.sql",
                    "jobstore.internal.write",
                    "jobstore.internal.complete",
                    "jobstore.internal.recover",
                    "jobstore.DatabaseClock",
                    "jobstore.DatabaseFault",
                    "jobstore.Execution",
                    "jobstore.Lanes"),
            may(
                    "jobstore.internal.cluster",
                    "jobstore.internal.sql",
                    "jobstore.internal.recover",
                    "jobstore.internal.fire",
                    "jobstore.DatabaseClock"),
            may(
                    "http",
                    "http.answer",
                    "http.body",
                    "http.guard",
                    "http.resource",
                    "engine",
                    "engine.trial",
                    "workflow.Json"),
            may("http.problem", "json", "workflow.Refusal"),
            may("http.body", "http.problem", "json.ValueMemory"),
            may(
                    "http.request",
                    "http.problem",
                    "engine.Asked",
                    "engine.trial",
                    "json",
                    "workflow",
                    "workflow.figures",
                    "workflow.store",
                    "delay"),
            may(
                    "http.answer",
                    "http.problem",
                    "http.request",
                    "http.Health",
                    "json",
                    "engine",
                    "engine.trial",
                    "workflow",
                    "workflow.figures",
                    "workflow.notice",
                    "workflow.store",
                    "delay"),
            may("http.guard", "http.problem", "http.body", "http.answer", "http.Access", "http.ApiConfiguration"),
            may(
                    "http.resource",
                    "http.problem",
                    "http.body",
                    "http.request",
                    "http.answer",
                    "http.guard.DirectAnswer",
                    "http.ApiConfiguration",
                    "http.Health",
                    "json",
                    "engine",
                    "engine.trial",
                    "workflow",
                    "workflow.figures",
                    "workflow.notice",
                    "workflow.store",
                    "delay"));

    /** Libraries that live in few rooms, or in single classes of others. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            may("org.jdbi", "persistence"),
            may(
                    "okhttp3",
                    "delivery",
                    "delivery.address",
                    "delivery.answer",
                    "delivery.connection.CallTrace",
                    "delivery.destination"),
            may("okio", "delivery", "delivery.answer"),
            may("io.github.resilience4j", "delivery.destination"),
            may("io.lettuce", "delivery.lease"),
            may("com.samskivert.mustache", "delivery.template"),
            may(
                    "org.eclipse.jetty",
                    "http.body",
                    "http.guard",
                    "http.resource.AcceptHandler",
                    "thirdparty",
                    "startup.EarlyStop",
                    "DemoCommand",
                    "StartupSummary"),
            may("jakarta.ws.rs", "http.body.Body", "http.request", "http.answer", "http.guard", "http.resource"),
            may(
                    "org.quartz",
                    "jobstore",
                    "jobstore.internal.sql",
                    "jobstore.internal.write",
                    "jobstore.internal.complete",
                    "jobstore.internal.recover",
                    "jobstore.internal.fire",
                    "jobstore.internal.cluster",
                    "engine.Engine",
                    "engine.EngineConfiguration",
                    "engine.quartz",
                    "engine.deliver",
                    "engine.notices.MailJob",
                    "engine.upkeep.ControlPlane"),
            may(
                    "java.sql",
                    "jobstore",
                    "jobstore.internal.sql",
                    "jobstore.internal.write",
                    "jobstore.internal.complete",
                    "jobstore.internal.recover",
                    "jobstore.internal.fire",
                    "jobstore.internal.cluster",
                    "persistence",
                    "database",
                    "embedded",
                    "ops.TimerCounts",
                    "workflow.store",
                    "engine.quartz",
                    "engine.deliver",
                    "engine.figures.ClusterCounts",
                    "engine.figures.DestinationReading"),
            may("jakarta.mail", "engine.notices"),
            may("io.opentelemetry", "trace"),
            may("org.postgresql", "database"),
            may("liquibase", "database"));

    /** Beside the root and the job store: ids go by the machine's time until an engine tells them which counts. */
    private static final Set<String> ASKING_FOR_THE_TIME = Set.of("workflow.Ids");

    private static Map.Entry<String, Set<String>> may(String who, String... what) {
        return Map.entry(who, Set.of(what));
    }

    @ArchTest
    static final ArchRule EVERY_CLASS_IS_IN_A_ROOM = classes().should(have("a room in the table", (type, events) -> {
        if (!ROOMS.containsKey(room(type))) {
            violated(events, type, type.getName() + " is in no room of the table");
        }
    }));

    @ArchTest
    static void every_room_of_the_table_is_there(JavaClasses classes) {
        assertThat(classes).extracting(RoomsTest::room).containsAll(ROOMS.keySet());
    }

    @ArchTest
    static final ArchRule ARROWS_POINT_AS_IN_THE_TABLE = classes()
            .should(have("imports as the table allows", (type, events) -> type.getDirectDependenciesFromSelf().stream()
                    .filter(RoomsTest::leavesItsRoom)
                    .filter(arrow -> !allows(ROOMS.getOrDefault(room(type), Set.of()), target(arrow)))
                    .forEach(arrow -> violated(events, type, arrow.getDescription()))));

    /** Constants leave nothing in a class file; imports in the sources are held against the table too. */
    @ArchTest
    static void imports_point_as_in_the_table(JavaClasses classes) throws IOException {
        Pattern oneOfOurs = Pattern.compile("(?m)^import (?:static )?dev\\.bide\\.((?:[a-z]+\\.)*)([A-Z]\\w*)");
        List<String> wrong = sources()
                .flatMap(source -> find(oneOfOurs, source)
                        .filter(found -> !room(source).equals(withoutDot(found.group(1))))
                        .filter(found ->
                                !ROOMS.getOrDefault(room(source), Set.of()).contains(withoutDot(found.group(1))))
                        .filter(found ->
                                !ROOMS.getOrDefault(room(source), Set.of()).contains(found.group(1) + found.group(2)))
                        .map(found -> source + ": " + found.group()))
                .toList();
        assertThat(wrong).isEmpty();
    }

    @ArchTest
    static void the_table_allows_nothing_that_nobody_uses(JavaClasses classes) {
        Set<String> unused = new TreeSet<>();
        ROOMS.forEach((room, allowed) -> allowed.stream()
                .filter(what -> classes.stream()
                        .filter(type -> room(type).equals(room))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .filter(RoomsTest::leavesItsRoom)
                        .noneMatch(arrow -> allows(Set.of(what), target(arrow))))
                .forEach(what -> unused.add(room + " may import " + what)));
        LIBRARIES.forEach((library, allowed) -> allowed.stream()
                .filter(what -> classes.stream()
                        .filter(type -> allows(Set.of(what), type))
                        .noneMatch(type -> uses(type, library)))
                .forEach(what -> unused.add(what + " may use " + library)));
        assertThat(unused).isEmpty();
    }

    /** What is the front of a house stands above its inner rooms or, like a value, below them; so each of its classes counts for itself. */
    @ArchTest
    static final ArchRule NO_CIRCLE_OF_ROOMS = slices().assignedFrom(
                    slicing("rooms", type -> isFront(room(type)) ? place(type) : room(type)))
            .should()
            .beFreeOfCycles();

    /** The kinds of delay and what they have in common are one sealed family. */
    @ArchTest
    static final ArchRule NO_CIRCLE_OF_CLASSES = slices().assignedFrom(slicing("classes", RoomsTest::place))
            .should()
            .beFreeOfCycles()
            .ignoreDependency(in("delay"), in("delay"));

    @ArchTest
    static final ArchRule LIBRARIES_STAY_WHERE_THEY_LIVE = classes()
            .should(have(
                    "only libraries of its room",
                    (type, events) -> LIBRARIES.forEach((library, rooms) -> {
                        if (!allows(rooms, type) && uses(type, library)) {
                            violated(events, type, type.getName() + " uses " + library);
                        }
                    })));

    @ArchTest
    static void quartz_tables_are_known_to_the_job_store_alone(JavaClasses classes) throws IOException {
        Stream<Path> others = sources().filter(source -> !room(source).startsWith("jobstore"));
        assertThat(Stream.concat(others, files(STATEMENTS, ".sql"))
                        .filter(file -> text(file).toLowerCase(Locale.ROOT).contains("qrtz_")))
                .isEmpty();
    }

    @ArchTest
    static final ArchRule NOBODY_ASKS_THE_SYSTEM_FOR_THE_TIME = classes()
            .should(have("go by the time that is given", (type, events) -> {
                if (!room(type).equals(ROOT)
                        && !room(type).startsWith("jobstore")
                        && !ASKING_FOR_THE_TIME.contains(place(type))) {
                    type.getAccessesFromSelf().stream()
                            .filter(access -> asksForTheTime(access.getTarget()))
                            .forEach(access -> violated(events, type, access.getDescription()));
                }
            }));

    /** By a clock of its own choice, that is; how long something takes is no question of what time it is. */
    private static boolean asksForTheTime(AccessTarget target) {
        String owner = target.getOwner().getName();
        String name = target.getName();
        boolean withoutClock = !(target instanceof AccessTarget.CodeUnitAccessTarget called)
                || called.getRawParameterTypes().stream()
                        .noneMatch(parameter -> parameter.getName().equals("java.time.Clock"));
        return switch (owner) {
            case "java.lang.System" -> name.equals("currentTimeMillis");
            case "java.time.Clock", "java.time.InstantSource" -> name.startsWith("system");
            case "java.util.Date" ->
                name.equals("<init>") && target.getFullName().endsWith("()");
            default -> owner.startsWith("java.time.") && name.equals("now") && withoutClock;
        };
    }

    @ArchTest
    static void no_room_is_crowded(JavaClasses classes) throws IOException {
        for (String room : ROOMS.keySet()) {
            assertThat(sources().filter(source -> room(source).equals(room)))
                    .as(room)
                    .hasSizeLessThanOrEqualTo(MOST_FILES);
        }
    }

    private static boolean isFront(String room) {
        return ROOMS.keySet().stream().anyMatch(inner -> !inner.equals(room) && inner.startsWith(room + "."));
    }

    private static boolean leavesItsRoom(Dependency arrow) {
        JavaClass target = target(arrow);
        return isOurs(target) && !room(target).equals(room(arrow.getOriginClass()));
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ALL) || type.getPackageName().startsWith(ALL + ".");
    }

    private static boolean allows(Set<String> allowed, JavaClass type) {
        return allowed.contains(room(type)) || allowed.contains(place(type));
    }

    private static boolean uses(JavaClass type, String library) {
        return type.getDirectDependenciesFromSelf().stream()
                .map(RoomsTest::target)
                .anyMatch(used -> used.getPackageName().equals(library)
                        || used.getPackageName().startsWith(library + "."));
    }

    private static JavaClass target(Dependency arrow) {
        return arrow.getTargetClass().getBaseComponentType();
    }

    private static String room(JavaClass type) {
        return withoutDot(type.getPackageName().substring(ALL.length()));
    }

    /** The class around all others, with its room. */
    private static String place(JavaClass type) {
        String name = type.getName().substring(ALL.length() + 1);
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    private static String room(Path source) {
        Path room = SOURCES.resolve(ALL.replace('.', '/')).relativize(source.getParent());
        return room.toString().replace(source.getFileSystem().getSeparator(), ".");
    }

    private static String withoutDot(String room) {
        return room.replaceAll("^\\.|\\.$", "");
    }

    private static Stream<Path> sources() throws IOException {
        return files(SOURCES, ".java");
    }

    private static Stream<Path> files(Path root, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList().stream();
        }
    }

    private static Stream<MatchResult> find(Pattern pattern, Path source) {
        return pattern.matcher(text(source)).results();
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static DescribedPredicate<JavaClass> in(String room) {
        return describe("in " + room, type -> isOurs(type) && room(type).equals(room));
    }

    private static SliceAssignment slicing(String what, Function<JavaClass, String> slice) {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return isOurs(type) ? SliceIdentifier.of(slice.apply(type)) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return what;
            }
        };
    }

    private static void violated(ConditionEvents events, JavaClass type, String message) {
        events.add(SimpleConditionEvent.violated(type, message));
    }

    private interface Check {
        void of(JavaClass type, ConditionEvents events);
    }

    private static ArchCondition<JavaClass> have(String what, Check check) {
        return new ArchCondition<>("have " + what) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.of(type, events);
            }
        };
    }
}
