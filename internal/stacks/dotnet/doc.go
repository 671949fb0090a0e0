// Package dotnet is what AutoGit knows of .NET: C#, F# and Visual Basic projects and solutions, services, workers and tools.
package dotnet
