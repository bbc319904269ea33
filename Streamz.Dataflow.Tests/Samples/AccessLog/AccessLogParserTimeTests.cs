using System.Globalization;

namespace Streamz.Dataflow.Tests.Samples.AccessLog;

[TestFixture]
public sealed class AccessLogParserTimeTests
{
    [TestCase("01/Jan/2015:00:00:00 +0000", "2015-01-01T00:00:00+00:00")]
    [TestCase("31/Dec/2015:23:59:59 -0000", "2015-12-31T23:59:59+00:00")]
    [TestCase("29/Feb/2016:12:00:00 +0530", "2016-02-29T12:00:00+05:30")]
    [TestCase("29/Feb/2000:12:00:00 -0330", "2000-02-29T12:00:00-03:30")]
    [TestCase("30/Jun/2015:12:00:00 +1400", "2015-06-30T12:00:00+14:00")]
    [TestCase("30/Jun/2015:12:00:00 -1400", "2015-06-30T12:00:00-14:00")]
    [TestCase("30/Jun/2015:12:00:00 +1345", "2015-06-30T12:00:00+13:45")]
    [TestCase("01/Jan/0001:00:00:00 +0000", "0001-01-01T00:00:00+00:00")]
    [TestCase("31/Dec/9999:23:59:59 +0000", "9999-12-31T23:59:59+00:00")]
    public void Parser_RealTime_KeepsItAsWritten(string time, string expected)
    {
        var read = new LogLine { Time = time }.Parse().Time;

        Assert.That(read.ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture), Is.EqualTo(expected));
    }

    [Test]
    public void Parser_EveryMonth_IsReadByItsEnglishName()
    {
        string[] names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

        Assert.That(
            names.Select(name => new LogLine { Time = $"28/{name}/2015:10:05:03 +0000" }.Parse().Time.Month),
            Is.EqualTo(Enumerable.Range(1, 12)));
    }

    [Test]
    public void Parser_EveryDayOfFourYears_ExistsAsInTheCalendar()
    {
        var invariant = CultureInfo.InvariantCulture;
        for (var year = 1999; year <= 2002; year++)
        {
            for (var month = 1; month <= 12; month++)
            {
                for (var day = 0; day <= 32; day++)
                {
                    var name = invariant.DateTimeFormat.GetAbbreviatedMonthName(month);
                    var line = new LogLine { Time = $"{day:00}/{name}/{year}:10:05:03 +0000" };
                    var exists = day >= 1 && day <= invariant.Calendar.GetDaysInMonth(year, month);
                    Assert.That(line.IsWellFormed(), Is.EqualTo(exists), line.Time);
                }
            }
        }
    }

    [TestCase("31/Feb/2015:10:05:03 +0000")]
    [TestCase("29/Feb/2015:10:05:03 +0000")]
    [TestCase("29/Feb/1900:10:05:03 +0000")]
    [TestCase("00/May/2015:10:05:03 +0000")]
    [TestCase("17/May/0000:10:05:03 +0000")]
    public void Parser_DayThatIsNotInTheCalendar_IsMalformed(string time) => AssertMalformed(time);

    [TestCase("17/may/2015:10:05:03 +0000")]
    [TestCase("17/MAY/2015:10:05:03 +0000")]
    [TestCase("17/Mai/2015:10:05:03 +0000")]
    [TestCase("17/Mär/2015:10:05:03 +0000")]
    [TestCase("17/005/2015:10:05:03 +0000")]
    public void Parser_MonthNotInEnglishOrItsCase_IsMalformed(string time) => AssertMalformed(time);

    [TestCase("17/May/2015:24:00:00 +0000")]
    [TestCase("17/May/2015:10:60:03 +0000")]
    [TestCase("17/May/2015:10:05:61 +0000")]
    [TestCase("17/May/2015:-1:05:03 +0000")]
    public void Parser_TimeThatIsNotOnTheClock_IsMalformed(string time) => AssertMalformed(time);

    [Test]
    public void Parser_LeapSecond_IsMalformed() => AssertMalformed("30/Jun/2015:23:59:60 +0000");

    [TestCase("17/May/2015:10:05:03 +1401")]
    [TestCase("17/May/2015:10:05:03 -1500")]
    [TestCase("17/May/2015:10:05:03 +0060")]
    [TestCase("17/May/2015:10:05:03 +9999")]
    [TestCase("17/May/2015:10:05:03 00000")]
    [TestCase("17/May/2015:10:05:03  0000")]
    [TestCase("17/May/2015:10:05:03 ++000")]
    public void Parser_OffsetOutOfRange_IsMalformed(string time) => AssertMalformed(time);

    [TestCase("01/Jan/0001:00:00:00 +0001")]
    [TestCase("31/Dec/9999:23:59:59 -0001")]
    public void Parser_TimeThatLeavesTheCalendarInUtc_IsMalformed(string time) => AssertMalformed(time);

    [TestCase("")]
    [TestCase("7/May/2015:10:05:03 +0000")]
    [TestCase("17/May/2015:10:05:03 +00:00")]
    [TestCase("17/May/2015:10:05:03 UTC")]
    [TestCase("17/May/2015:10:05:03")]
    [TestCase("17/May/2015 10:05:03 +0000")]
    [TestCase("17-May-2015:10:05:03 +0000")]
    [TestCase("17/May/2015:10.05.03 +0000")]
    [TestCase("17/May/2015:10:05:03+ 0000")]
    [TestCase("17/May/15:10:05:03 +0000")]
    [TestCase(" 17/May/2015:10:05:03 +0000")]
    [TestCase("17/May/2015:10:05:03 +0000 ")]
    [TestCase("17/May/2015:10:05:03.123 +0000")]
    [TestCase("2015-05-17T10:05:03.000000")]
    [TestCase("17/May/٢٠١٥:10:05:03 +0000")]
    public void Parser_TimeInAnotherShape_IsMalformed(string time) => AssertMalformed(time);

    private static void AssertMalformed(string time) =>
        Assert.That(new LogLine { Time = time }.IsWellFormed(), Is.False);
}
