namespace Streamz.Dataflow;

/// <summary>What became of an emitted element and of everything made from it. Later values override earlier ones.</summary>
public enum DeliveryOutcome
{
    /// <summary>Everything made from the element has left the pipeline.</summary>
    Delivered,

    /// <summary>A policy that the user chose dropped the element, or a part of it.</summary>
    Dropped,

    /// <summary>The pipeline stopped before the element was through.</summary>
    Abandoned,

    /// <summary>A delegate failed on the element, or on something made from it.</summary>
    Failed,
}
