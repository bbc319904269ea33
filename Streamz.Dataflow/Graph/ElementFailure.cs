using System.Diagnostics.CodeAnalysis;
using Streamz.Dataflow.Graph;

namespace Streamz.Dataflow;

/// <summary>A failure of a node on an element, as the policies see it.</summary>
public class ElementFailure
{
    internal ElementFailure(FailedElement element, Exception exception, string nodeName, int attempts, DateTimeOffset time)
    {
        Element = element.Value;
        HasElement = element.IsKnown;
        Exception = exception;
        NodeName = nodeName;
        Attempts = attempts;
        Time = time;
    }

    /// <summary>The element as it came into the node; <see langword="null"/> also if the failure was not that of an element.</summary>
    public object? Element { get; }

    /// <summary>Whether the node failed on an element. It may also fail as it starts, ticks or ends, and a source fails as a whole.</summary>
    public bool HasElement { get; }

    /// <summary>What the node threw in the last attempt.</summary>
    public Exception Exception { get; }

    /// <summary>The name of the node, or its text.</summary>
    public string NodeName { get; }

    /// <summary>How many attempts were made; zero only if a resilience pipeline refused even the first.</summary>
    public int Attempts { get; }

    /// <summary>When the last attempt failed, by the clock of the pipeline.</summary>
    public DateTimeOffset Time { get; }

    /// <summary>The element, with its type.</summary>
    /// <typeparam name="T">The type of the elements that come into the node.</typeparam>
    /// <returns>The element.</returns>
    /// <exception cref="InvalidCastException">There is no element, or it is not of that type.</exception>
    public T ElementAs<T>() => TryGet<T>(out var element)
        ? element
        : throw new InvalidCastException(HasElement
            ? $"'{NodeName}' failed on an element of type {TypeName.Of(Element?.GetType() ?? typeof(object))}, not {TypeName.Of(typeof(T))}. Ask with TryGet which one it is."
            : $"'{NodeName}' did not fail on an element. Ask HasElement or TryGet first.");

    /// <summary>Gets the element if it is of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="element">The element.</param>
    /// <returns>Whether there is an element of that type; null is one of every type that has it.</returns>
    public bool TryGet<T>([MaybeNullWhen(false)] out T element)
    {
        if (HasElement && (Element is T || (Element is null && default(T) is null)))
        {
            element = (T)Element!;
            return true;
        }

        element = default;
        return false;
    }

    /// <summary>The failure in words.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"'{NodeName}' failed {(HasElement ? $"on {Element ?? "null"}" : "")} in attempt {Attempts}: {Exception.Message}";
}

/// <summary>The element that a node failed on, if it was one.</summary>
internal readonly record struct FailedElement(bool IsKnown, object? Value)
{
    public static FailedElement Of<T>(T value) => new(true, value);
}
