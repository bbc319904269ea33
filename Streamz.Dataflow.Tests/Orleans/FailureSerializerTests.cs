using Orleans;
using Streamz.Dataflow.Orleans.Values;

namespace Streamz.Dataflow.Tests.Orleans;

[TestFixture]
internal sealed class FailureSerializerTests
{
    private static readonly FailureSerializer s_failures = new(Codecs.Serializer);

    [Test]
    public void Exception_WithCodec_ComesBackItself()
    {
        var back = Travelled(new CodedException("broken", 7) { Data = { ["key"] = 5 } });

        Assert.Multiple(() =>
        {
            Assert.That(back, Is.TypeOf<CodedException>().With.Message.EqualTo("broken"));
            Assert.That(((CodedException)back).Code, Is.EqualTo(7));
            Assert.That(back.Data["key"], Is.EqualTo(5));
            Assert.That(back.StackTrace, Does.Contain(nameof(Thrown)));
        });
    }

    [Test]
    public void Exception_OfFramework_ComesBackItself() =>
        Assert.That(
            Travelled(new ArgumentOutOfRangeException("x", 5, "too large")),
            Is.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("too large").And.Message.Contains("'x'"));

    [Test]
    public void Exception_WithoutCodec_ComesBackAsRemoteException()
    {
        var back = Travelled(new UncodedException("broken", null) { Data = { ["key"] = 5, ["other"] = new Uncoded(1), [3] = Colour.Green } });

        Assert.Multiple(() =>
        {
            Assert.That(back, Is.TypeOf<RemoteException>().With.Message.EqualTo("broken"));
            Assert.That(((RemoteException)back).OriginalType, Is.EqualTo(typeof(UncodedException).FullName));
            Assert.That(back.StackTrace, Does.Contain(nameof(Thrown)));
            Assert.That(back.ToString(), Does.StartWith(typeof(UncodedException).FullName!).And.Contain("broken").And.Contain(nameof(Thrown)));
            Assert.That(back.Data["key"], Is.EqualTo(5));
            Assert.That(back.Data["other"], Is.EqualTo(new Uncoded(1).ToString()));
            Assert.That(back.Data["3"], Is.EqualTo("Green"));
        });
    }

    [Test]
    public void Cause_WithCodecOfOneWithout_IsKept() =>
        Assert.That(
            Travelled(new UncodedException("outer", new CodedException("inner", 7))),
            Is.TypeOf<RemoteException>().With.InnerException.TypeOf<CodedException>());

    [Test]
    public void Cause_WithoutCodec_IsKeptAsRemoteException()
    {
        var back = Travelled(new InvalidOperationException("outer", new UncodedException("inner", null)));

        Assert.Multiple(() =>
        {
            Assert.That(((RemoteException)back).OriginalType, Is.EqualTo("System.InvalidOperationException"));
            Assert.That(back.InnerException, Is.TypeOf<RemoteException>().With.Message.EqualTo("inner"));
            Assert.That(back.ToString(), Does.Contain("outer").And.Contain("inner"));
        });
    }

    [Test]
    public void Aggregate_WithCauseWithoutCodec_StaysAnAggregate()
    {
        var back = Travelled(new AggregateException("all", new UncodedException("a", null), new CodedException("b", 1)));

        Assert.Multiple(() =>
        {
            Assert.That(back, Is.TypeOf<AggregateException>().With.Message.EqualTo("all (a) (b)"));
            Assert.That(((AggregateException)back).InnerExceptions[0], Is.TypeOf<RemoteException>());
            Assert.That(((AggregateException)back).InnerExceptions[1], Is.TypeOf<CodedException>());
            Assert.That(back.StackTrace, Does.Contain(nameof(Thrown)));
        });
    }

    [Test]
    public void RemoteException_SentOn_StaysWhatItIs()
    {
        var back = Travelled(Travelled(new UncodedException("broken", null)));

        Assert.Multiple(() =>
        {
            Assert.That(back, Is.TypeOf<RemoteException>().With.Property(nameof(RemoteException.OriginalType)).EqualTo(typeof(UncodedException).FullName));
            Assert.That(back.InnerException, Is.Null);
            Assert.That(back.StackTrace, Does.Contain(nameof(Thrown)));
        });
    }

    [Test]
    public void FunctionRefusedException_ComesBackItself() =>
        Assert.That(Travelled(new FunctionRefusedException("no")), Is.TypeOf<FunctionRefusedException>().With.Message.EqualTo("no"));

    [Test]
    public void Exception_WhoseMembersThrow_IsToldByItsType() =>
        Assert.That(
            s_failures.Read(s_failures.Write(new NastyException())),
            Is.TypeOf<RemoteException>().With.Property(nameof(RemoteException.OriginalType)).EqualTo(typeof(NastyException).FullName));

    [Test, CancelAfter(30_000)]
    public void Exception_WithEndlessCauses_IsCutOff()
    {
        Exception failure = new UncodedException("first", null);
        for (var i = 0; i < 100_000; i++)
        {
            failure = new InvalidOperationException("next", failure);
        }

        var bytes = s_failures.Write(failure);

        Assert.That(bytes, Has.Length.LessThan(100_000));
        Assert.That(s_failures.Read(bytes), Has.Message.EqualTo("next"));
    }

    [Test]
    public void Exception_WithLargeData_DoesNotFillTheMessage()
    {
        var bytes = s_failures.Write(new InvalidOperationException(new string('x', 10_000_000)) { Data = { ["bytes"] = new byte[10_000_000] } });

        Assert.That(bytes, Has.Length.LessThan(1_000_000));
        Assert.That(s_failures.Read(bytes).Message, Does.StartWith("xxx"));
    }

    [TestCase(new byte[] { })]
    [TestCase(new byte[] { 255, 255, 255, 255, 255 })]
    [TestCase(new byte[] { 1, 65, 0, 0, 0, 0, 255, 255, 255, 127 })]
    public void Bytes_OfSomethingElse_AreAFailureToo(byte[] bytes) =>
        Assert.That(s_failures.Read(bytes), Is.TypeOf<RemoteException>().With.Message.Contains("cannot be read"));

    private static Exception Travelled(Exception failure) => s_failures.Read(s_failures.Write(Thrown(failure)));

    private static Exception Thrown(Exception failure)
    {
        try
        {
            throw failure;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }
}

[GenerateSerializer]
internal sealed class CodedException(string message, int code) : Exception(message)
{
    [Id(0)]
    public int Code { get; } = code;
}

internal sealed class UncodedException(string message, Exception? cause) : Exception(message, cause);

internal sealed class NastyException : Exception
{
    public override string Message => throw new InvalidOperationException("message");

    public override string? StackTrace => throw new InvalidOperationException("trace");

    public override System.Collections.IDictionary Data => throw new InvalidOperationException("data");

    public override string ToString() => throw new InvalidOperationException("text");
}
