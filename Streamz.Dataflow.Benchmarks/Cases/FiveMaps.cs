namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Five maps and a sink.</summary>
public class FiveMaps() : MapChain(5);
