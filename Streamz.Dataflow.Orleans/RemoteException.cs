using System.Runtime.ExceptionServices;
using System.Text;
using Orleans;

namespace Streamz.Dataflow;

/// <summary>A failure on a worker whose own exception cannot travel, because its type has no serializer or is not known here.</summary>
/// <remarks>
/// <see cref="Exception.Message"/>, <see cref="Exception.Data"/> and <see cref="Exception.StackTrace"/> are those of the original, and so is
/// <see cref="Exception.InnerException"/> where it can travel. Put [GenerateSerializer] on an exception type to get the exception itself.
/// </remarks>
[GenerateSerializer]
[Alias("streamz.remote-exception")]
public sealed class RemoteException : Exception
{
    internal RemoteException(string originalType, string message, string? stackTrace, Exception? innerException)
        : base(message, innerException)
    {
        OriginalType = originalType;
        if (!string.IsNullOrEmpty(stackTrace))
        {
            ExceptionDispatchInfo.SetRemoteStackTrace(this, stackTrace);
        }
    }

    /// <summary>The full name of the type of the original exception.</summary>
    [Id(0)]
    public string OriginalType { get; }

    /// <summary>The type and message of the original exception, what caused it, and where it was thrown on the worker.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        var text = new StringBuilder(OriginalType).Append(" (on a worker): ").Append(Message);
        if (InnerException is not null)
        {
            text.AppendLine().Append(" ---> ").Append(InnerException).AppendLine().Append("   --- End of inner exception stack trace ---");
        }

        if (StackTrace is { } trace)
        {
            text.AppendLine().Append(trace);
        }

        return text.ToString();
    }
}
