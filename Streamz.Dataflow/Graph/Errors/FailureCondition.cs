namespace Streamz.Dataflow.Graph.Errors;

/// <summary>Which exceptions a step of a policy is for.</summary>
/// <param name="Type">The type of the exceptions, if that is the condition.</param>
/// <param name="Predicate">What accepts them, if that is the condition.</param>
/// <param name="Text">The condition in words.</param>
internal sealed record FailureCondition(Type? Type, Func<Exception, bool>? Predicate, string Text)
{
    /// <summary>A further condition, which has to hold as well.</summary>
    public FailureCondition? And { get; init; }

    public static FailureCondition OfType(Type type) => new(type, null, $"for {TypeName.Of(type)}");

    public static FailureCondition Of(Func<Exception, bool> predicate, string? text) => new(null, predicate, $"when {text ?? "accepted"}");

    public bool Accepts(Exception failure) =>
        (Type?.IsInstanceOfType(failure) ?? Predicate!(failure)) && And?.Accepts(failure) != false;

    /// <summary>A type that this asks for and that no exception of another type can be.</summary>
    public Type? FindContradiction(Type other) =>
        Type is not null && !Type.IsAssignableFrom(other) && !other.IsAssignableFrom(Type) ? Type : And?.FindContradiction(other);

    /// <summary>Whether this accepts all that another condition accepts, as far as types tell.</summary>
    public bool Covers(FailureCondition? other) =>
        And is null && Type is not null && other is not null && (other.Type?.IsAssignableTo(Type) == true || Covers(other.And));

    public override string ToString() => And is null ? Text : $"{And} {Text}";
}
