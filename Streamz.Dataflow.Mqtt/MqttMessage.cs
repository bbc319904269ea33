using System.Text;

namespace Streamz.Dataflow;

/// <summary>A message from an MQTT broker, or for one. Two are equal if their topics, the bytes of their payloads and their flags are.</summary>
public sealed record MqttMessage
{
    /// <summary>Makes a message.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload, which is not copied.</param>
    /// <param name="isRetained">Whether the broker is to keep the message, or had kept it. The default is false.</param>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty.</exception>
    public MqttMessage(string topic, ReadOnlyMemory<byte> payload, bool isRetained = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        Topic = topic;
        Payload = payload;
        IsRetained = isRetained;
    }

    /// <summary>Makes a message of text.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="text">The payload, as text that is sent in UTF-8.</param>
    /// <param name="isRetained">Whether the broker is to keep the message. The default is false.</param>
    /// <exception cref="ArgumentException"><paramref name="topic"/> is null or empty, or <paramref name="text"/> is null.</exception>
    public MqttMessage(string topic, string text, bool isRetained = false)
        : this(topic, Encode(text), isRetained)
    {
    }

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>
    /// Of a message to send, whether the broker keeps it for those who subscribe later. Of one that was received, whether the broker had kept it
    /// from before the subscription.
    /// </summary>
    public bool IsRetained { get; }

    /// <summary>The payload, read as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Payload.Span);

    /// <inheritdoc/>
    public bool Equals(MqttMessage? other) =>
        other is not null && Topic == other.Topic && IsRetained == other.IsRetained && Payload.Span.SequenceEqual(other.Payload.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Topic);
        hash.Add(IsRetained);
        hash.AddBytes(Payload.Span);
        return hash.ToHashCode();
    }

    private static byte[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encoding.UTF8.GetBytes(text);
    }
}
