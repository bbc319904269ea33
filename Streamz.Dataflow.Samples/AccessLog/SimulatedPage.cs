namespace Streamz.Dataflow.Samples.AccessLog;

/// <summary>A page of the simulated site, with the size that it is always served in.</summary>
internal readonly record struct SimulatedPage(string Path, int Size);
