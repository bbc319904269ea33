namespace Streamz.Dataflow.Orleans.Values;

/// <summary>What is said of values that cannot travel.</summary>
internal static class ValueTexts
{
    /// <summary>The two remedies, named wherever a type has no serializer.</summary>
    public const string Cure = "Put [GenerateSerializer] on the type, with [Id] on its members, or opt it into JSON with OrleansClusterOptions.JsonTypes.";

    public static string Objection(Type declared, Type offender) =>
        declared == offender
            ? $"Values of type {TypeNames.Of(declared)} cannot be sent to a worker: it has no serializer. {Cure}"
            : $"Values of type {TypeNames.Of(declared)} cannot be sent to a worker: {TypeNames.Of(offender)} has no serializer. {Cure}";

    /// <param name="declared">The type that both ends know.</param>
    /// <param name="actual">The type of the value.</param>
    /// <param name="reason">Sentences that say why, and what to do.</param>
    public static string CannotBeWritten(Type declared, Type actual, string reason) =>
        actual == declared
            ? $"A value of type {TypeNames.Of(declared)} cannot be sent to a worker: {reason}"
            : $"A value declared as {TypeNames.Of(declared)}, which is of type {TypeNames.Of(actual)}, cannot be sent to a worker: {reason}";

    public static string CannotBeRead(Type declared, Exception failure) => $"What was sent as {TypeNames.Of(declared)} cannot be read: {Reason(failure)}";

    /// <returns>What a codec says, and the remedies.</returns>
    public static string Reason(Exception failure)
    {
        var message = failure.Message.TrimEnd();
        return $"{message}{(message.EndsWith('.') ? "" : ".")} {Cure}";
    }
}
