package proof

import "github.com/autogit/autogit/internal/criterion"

// checkers are the proofs, by the name of the claim.
func checkers() map[string]checker {
	return map[string]checker{
		criterion.Trigger: trigger, criterion.Lint: quality, criterion.TypeCheck: quality, criterion.FormatCheck: quality, criterion.Test: quality,
		criterion.LinkCheck: quality, criterion.Build: builds, criterion.Order: order, criterion.CacheDependencies: cacheDependencies, criterion.CacheLayers: cacheLayers,
		criterion.Matrix: matrix, criterion.RuntimeVersion: runtimeVersion, criterion.CancelOutdated: cancelOutdated, criterion.CoverageUpload: coverageUpload, criterion.CoverageThreshold: coverageThreshold,
		criterion.Scan: scan, criterion.ImageBuild: imageBuild, criterion.NoPush: noPush, criterion.Publish: publish, criterion.LeastPermissions: leastPermissions,
		criterion.ActionsPinned: actionsPinned, criterion.Timeout: timeout, criterion.Schedule: schedule, criterion.IntegrationTest: integrationTest,
		criterion.FailFast: failFast, criterion.RunnerTags: runnerTags, criterion.GatesFail: gatesFail,

		criterion.MultiStage: multiStage, criterion.NonRoot: nonRoot, criterion.HealthCheck: healthCheck, criterion.Signals: signals, criterion.ImageSize: imageSize,
		criterion.NoBuildTools: noBuildTools, criterion.BasePinned: basePinned, criterion.NoSecrets: noSecrets, criterion.LockFile: lockFile, criterion.Platform: platform,
		criterion.Expose: expose, criterion.Labels: labels, criterion.SmallBase: smallBase, criterion.DependencyLayer: dependencyLayer, criterion.Dockerignore: dockerignore,
		criterion.TLSVerified: tlsVerified,

		criterion.WaitsHealthy: waitsHealthy, criterion.Restart: restart, criterion.PersistentVolume: persistentVolume, criterion.MemoryLimit: memoryLimit, criterion.CPULimit: cpuLimit,
		criterion.ReadOnlyRoot: readOnlyRoot, criterion.NoLiteralSecrets: noLiteralSecrets, criterion.OnlyAppPublished: onlyAppPublished, criterion.SeparateNetworks: separateNetworks,
		criterion.HotReload: hotReload, criterion.LogRotation: logRotation, criterion.EnvFile: envFile, criterion.NoNewPrivileges: noNewPrivileges, criterion.CapDrop: capDrop,
		criterion.HasService: hasService, criterion.ImagesPinned: imagesPinned, criterion.NotPrivileged: notPrivileged, criterion.NoDockerSocket: noDockerSocket,

		criterion.HelpListsAll: helpListsAll, criterion.Targets: targets, criterion.TargetRuns: targetRuns, criterion.NoRoot: noRoot, criterion.DefaultTarget: defaultTarget,
		criterion.Phony: phony,
	}
}

// absences are the proofs that something is not there at all. That a claim is unproven does not prove its opposite.
func absences() map[string]checker {
	return map[string]checker{
		criterion.Lint: noQuality, criterion.TypeCheck: noQuality, criterion.FormatCheck: noQuality, criterion.Test: noQuality, criterion.LinkCheck: noQuality,
		criterion.Scan: noQuality, criterion.Trigger: noTrigger, criterion.CacheDependencies: noCache, criterion.CacheLayers: noCache,
	}
}
