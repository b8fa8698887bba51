package dev.bide;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The table of rooms in CONTRIBUTING.md, as a test. */
@AnalyzeClasses(packages = "dev.bide", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

    @ArchTest
    static final ArchRule ARROWS_POINT_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("root")
            .definedBy("dev.bide")
            .layer("delay")
            .definedBy("dev.bide.delay..")
            .layer("workflow")
            .definedBy("dev.bide.workflow..")
            .layer("delivery")
            .definedBy("dev.bide.delivery..")
            .layer("engine")
            .definedBy("dev.bide.engine..")
            .layer("jobstore")
            .definedBy("dev.bide.jobstore..")
            .layer("persistence")
            .definedBy("dev.bide.persistence..")
            .layer("http")
            .definedBy("dev.bide.http..")
            .layer("ops")
            .definedBy("dev.bide.ops..")
            .whereLayer("root")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("delay")
            .mayNotAccessAnyLayer()
            .whereLayer("workflow")
            .mayOnlyAccessLayers("delay")
            .whereLayer("delivery")
            .mayNotAccessAnyLayer()
            .whereLayer("jobstore")
            .mayNotAccessAnyLayer()
            .whereLayer("engine")
            .mayOnlyAccessLayers("delay", "workflow", "delivery", "jobstore")
            .whereLayer("persistence")
            .mayOnlyAccessLayers("workflow", "delay")
            .whereLayer("http")
            .mayOnlyAccessLayers("engine", "workflow", "delay")
            .whereLayer("ops")
            .mayOnlyAccessLayers("engine", "jobstore", "delivery", "workflow", "persistence");
}
