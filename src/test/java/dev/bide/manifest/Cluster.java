package dev.bide.manifest;

import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.Map;

/** A PostgreSQL of CloudNativePG: those of its fields that are used here, by the operator's version 1.30. */
record Cluster(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(
            int instances,
            String imageName,
            Postgresql postgresql,
            Bootstrap bootstrap,
            Storage storage,
            Storage walStorage,
            ResourceRequirements resources,
            Affinity affinity,
            Strategy primaryUpdateStrategy,
            Method primaryUpdateMethod,
            Template serviceAccountTemplate,
            List<Plugin> plugins) {}

    record Postgresql(Synchronous synchronous, Map<String, String> parameters) {}

    record Synchronous(Choice method, int number, Durability dataDurability, boolean failoverQuorum) {}

    enum Choice {
        any,
        first
    }

    enum Durability {
        required,
        preferred
    }

    record Bootstrap(Initdb initdb) {}

    record Initdb(String database, String owner, boolean dataChecksums) {}

    record Storage(String size) {}

    record Affinity(boolean enablePodAntiAffinity, String topologyKey, Requirement podAntiAffinityType) {}

    enum Requirement {
        preferred,
        required
    }

    enum Strategy {
        unsupervised,
        supervised
    }

    enum Method {
        switchover,
        restart
    }

    record Template(AccountMetadata metadata) {}

    record AccountMetadata(Map<String, String> annotations) {}

    record Plugin(String name, boolean isWALArchiver, BarmanParameters parameters) {}

    record BarmanParameters(String barmanObjectName) {}
}
