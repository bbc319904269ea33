using Streamz.Dataflow.Stages;

namespace Streamz.Dataflow.Runtime;

/// <summary>Takes the elements of a port for the workers of a parallel node.</summary>
internal interface IDispatcher<T>
{
    /// <summary>Whether every element taken has its result delivered to the segment. Read under the gate.</summary>
    bool IsDrained { get; }

    /// <summary>Takes an element, in order. Called under the gate.</summary>
    void Enqueue(Element<T> element);

    /// <summary>Hands what was taken to the workers. Called outside the gate.</summary>
    void Start();
}
