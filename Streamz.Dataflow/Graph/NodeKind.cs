namespace Streamz.Dataflow;

/// <summary>What kind of work a node does; decides its shape in a drawing.</summary>
public enum NodeKind
{
    /// <summary>Works on one element at a time, without state.</summary>
    Elementwise,

    /// <summary>Brings elements into the graph.</summary>
    Source,

    /// <summary>Takes elements out of the graph.</summary>
    Sink,

    /// <summary>Keeps state from element to element.</summary>
    Stateful,

    /// <summary>Shapes the flow over time, or holds it back.</summary>
    Timing,

    /// <summary>Makes groups of elements.</summary>
    Batching,

    /// <summary>Brings several streams together.</summary>
    Join,
}
