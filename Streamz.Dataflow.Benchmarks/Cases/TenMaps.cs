namespace Streamz.Dataflow.Benchmarks.Cases;

/// <summary>Ten maps and a sink: what it costs above five maps is the price of five more nodes.</summary>
public class TenMaps() : MapChain(10);
