namespace Streamz.Dataflow.Stages;

/// <summary>Where elements enter a stage, whatever their type.</summary>
public abstract class Inlet
{
    private protected Inlet()
    {
    }

    /// <summary>The context of the stage that this inlet belongs to.</summary>
    internal StageContext? Owner { get; set; }

    /// <summary>
    /// Whether the stage does nothing after its push: it fails, if at all, before that and not in the task that it returns.
    /// </summary>
    internal virtual bool IsForwarding => false;

    /// <summary>Whether no failure comes out, so that nobody has to guard it.</summary>
    internal virtual bool NeverFails => false;

    /// <summary>Whether an activity is started where an element of a trace enters; not at the edge of a segment, where the next one starts its own.</summary>
    internal virtual bool HasActivity => true;

    /// <summary>The run of forwarding stages that this one is part of, if any.</summary>
    internal Chain? Chain { get; set; }

    /// <summary>Elements received so far. Written by the one caller that the stage has at a time.</summary>
    internal long Received;

    /// <summary>The type of the elements.</summary>
    internal abstract Type ElementType { get; }

    /// <summary>Calls the factory with the type of the elements, so that typed parts can be made without reflection.</summary>
    internal abstract TResult Accept<TResult>(IInletVisitor<TResult> visitor);
}

/// <summary>Where elements of one type enter a stage.</summary>
/// <typeparam name="T">The type of the elements' values.</typeparam>
public abstract class Inlet<T> : Inlet
{
    internal override Type ElementType => typeof(T);

    /// <summary>Takes one element. Called by one caller at a time, never before the previous call has completed.</summary>
    /// <param name="element">The element.</param>
    /// <returns>
    /// A task that is complete when the stage has finished with the element; already complete unless the stage or what is
    /// downstream waits. An exception, thrown or in the task, is a failure of this element and meets the node's error policy.
    /// </returns>
    public abstract ValueTask OnElementAsync(Element<T> element);

    internal override TResult Accept<TResult>(IInletVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Receives an inlet with its type.</summary>
/// <typeparam name="TResult">What is made of the inlet.</typeparam>
internal interface IInletVisitor<out TResult>
{
    /// <summary>Receives the inlet.</summary>
    TResult Visit<T>(Inlet<T> inlet);
}
