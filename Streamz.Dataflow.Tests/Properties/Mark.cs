namespace Streamz.Dataflow.Tests.Properties;

/// <summary>A number, and through which inputs of which unions it came: elements of one lane keep their order, lanes mix.</summary>
internal readonly record struct Mark(long Lane, int Value);
