namespace Streamz.Dataflow.Stages;

/// <summary>A value on its way through a pipeline, with the context that travels with it.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="value">The value.</param>
/// <param name="context">What travels with the value, or <see langword="null"/> when nobody follows it.</param>
public readonly struct Element<T>(T value, ElementContext? context)
{
    /// <summary>The value.</summary>
    public T Value { get; } = value;

    /// <summary>The ticket and trace context of this element; <see langword="null"/> (the usual case) costs nothing.</summary>
    public ElementContext? Context { get; } = context;

    /// <summary>Makes an element of another value that is followed by the same context.</summary>
    /// <typeparam name="TNew">The type of the new value.</typeparam>
    /// <param name="value">The new value.</param>
    /// <returns>The new element.</returns>
    public Element<TNew> With<TNew>(TNew value) => new(value, Context);
}
