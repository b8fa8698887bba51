package dev.bide.manifest;

/** Base backups by the clock, of CloudNativePG 1.30: those of its fields that are used here. */
record ScheduledBackup(String apiVersion, String kind, Metadata metadata, Spec spec) {
    record Spec(
            Reference cluster,
            String schedule,
            boolean immediate,
            Owner backupOwnerReference,
            Method method,
            Reference pluginConfiguration) {}

    record Reference(String name) {}

    enum Owner {
        none,
        self,
        cluster
    }

    enum Method {
        barmanObjectStore,
        volumeSnapshot,
        plugin
    }
}
